#include "watcher/waiting_events.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>
#include <vector>

#include <sys/inotify.h>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(waiting_events)

namespace {

constexpr WatchDescriptor of_root = 1;
constexpr WatchDescriptor of_big = 2;
constexpr WatchDescriptor of_other = 3;
constexpr WatchDescriptor of_below_other = 4;
constexpr WatchDescriptor of_a_file = 5;

/// root, in it "big" (1) and "other" (2), in that 3.
std::vector<DirectoryId> place_of(WatchDescriptor watch) {
    switch (watch) {
        case of_root:
            return {root_directory};
        case of_big:
            return {1, root_directory};
        case of_other:
            return {2, root_directory};
        case of_below_other:
            return {3, 2, root_directory};
        default:
            return {};
    }
}

struct Fixture {
    WaitingEvents waiting;

    void add(WatchDescriptor watch, int from, int to) {
        std::vector<std::byte> bytes;
        for (int number = from; number < to; ++number) {
            const std::string name = std::to_string(number);
            inotify_event header{};
            header.wd = watch;
            header.mask = IN_ATTRIB;
            header.len = 16;
            const std::size_t at = bytes.size();
            bytes.resize(at + sizeof header + header.len);
            std::memcpy(bytes.data() + at, &header, sizeof header);
            std::memcpy(bytes.data() + at + sizeof header, name.data(), name.size());
        }
        waiting.add(bytes, place_of);
    }
    /// What one turn gives, as "watch:name".
    std::vector<std::string> take(WaitingEvents::Verdict verdict = WaitingEvents::Verdict::take) {
        std::vector<std::string> taken;
        InotifyDecoder decoder(waiting.take([&](WatchDescriptor) {
            return verdict;
        }));
        InotifyEvent event;
        while (decoder.next(event))
            taken.push_back(std::to_string(event.watch) + ':' + std::string(event.name));
        return taken;
    }
    /// After how many turns an event of the watch was there; 0: never.
    int turns_until(WatchDescriptor watch, int turns_max) {
        for (int turn = 1; turn <= turns_max; ++turn) {
            const auto taken = take();
            if (!taken.empty() && taken.front().starts_with(std::to_string(watch) + ':'))
                return turn;
        }
        return 0;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(those_of_one_watch_come_in_their_order, Fixture) {
    add(of_big, 0, 1000);
    add(of_other, 0, 3);
    add(of_big, 1000, 2000);

    int next = 0;
    while (!waiting.empty())
        for (const std::string& event : take())
            if (event.starts_with("2:"))
                BOOST_TEST_REQUIRE(event == "2:" + std::to_string(next++));

    BOOST_TEST(next == 2000);
    BOOST_TEST(waiting.bytes() == 0U);
    BOOST_TEST(waiting.taken() == 2003U);
}

BOOST_FIXTURE_TEST_CASE(one_event_elsewhere_does_not_wait_for_thousands, Fixture) {
    add(of_big, 0, 100'000);
    for (const WatchDescriptor watch : {of_root, of_other, of_below_other, of_a_file}) {
        add(watch, 0, 1);
        BOOST_TEST_CONTEXT("watch " << watch)
        BOOST_TEST(turns_until(watch, 3) != 0);
    }
}

BOOST_FIXTURE_TEST_CASE(directories_below_one_share_its_part, Fixture) {
    add(of_other, 0, 1000);
    add(of_below_other, 0, 1000);
    add(of_big, 0, 1000);

    int of_that = 0;
    for (int turn = 0; turn < 40; ++turn)
        of_that += take().front().starts_with("2:") ? 1 : 0;

    BOOST_TEST(of_that == 20);
}

BOOST_FIXTURE_TEST_CASE(kept_events_come_later_and_dropped_ones_never, Fixture) {
    add(of_below_other, 0, 100);

    BOOST_TEST(take(WaitingEvents::Verdict::keep).empty());
    BOOST_TEST(take().front() == "4:0");
    BOOST_TEST(take(WaitingEvents::Verdict::drop).empty());
    BOOST_TEST(waiting.empty());
    BOOST_TEST(waiting.bytes() == 0U);
    BOOST_TEST(take().empty());
    add(of_other, 0, 1);
    add(of_below_other, 0, 1);
    BOOST_TEST((take() == std::vector<std::string>{"3:0"}));
    BOOST_TEST((take() == std::vector<std::string>{"4:0"}));
    BOOST_TEST(waiting.empty());
}

BOOST_FIXTURE_TEST_CASE(half_an_event_is_none, Fixture) {
    std::vector<std::byte> bytes(sizeof(inotify_event));
    inotify_event header{};
    header.wd = of_big;
    header.len = 16;
    std::memcpy(bytes.data(), &header, sizeof header);

    waiting.add(bytes, place_of);

    BOOST_TEST(waiting.empty());
}

BOOST_AUTO_TEST_SUITE_END()
