#include "proxy/source/codings.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(codings)

namespace {

constexpr ipc::FileId file{0x100000002};
constexpr Version one{7, 1};
constexpr Version two{7, 2};

PlainContent plain() {
    return {.bytes = std::string(4000, 'x'), .size = 4000};
}

PlainContent noise() {
    std::string bytes;
    for (std::uint32_t i = 0, word = 1; i < 4000; ++i, word = word * 1664525 + 1013904223)
        bytes += static_cast<char>(word >> 24);
    return {.bytes = bytes, .size = bytes.size()};
}

/// A maker that does nothing before it is released.
struct Fixture {
    Fixture() {
        maker.add([&](const std::stop_token&) {
            released.get_future().wait();
        });
    }
    ~Fixture() {
        if (!is_released)
            released.set_value();
    }
    /// Until all jobs are done and have notified.
    void run() {
        if (!std::exchange(is_released, true))
            released.set_value();
        std::promise<void> end;
        maker.add([&](const std::stop_token&) {
            end.set_value();
        });
        end.get_future().wait();
        for (auto* const each : {&first_context, &second_context}) {
            each->restart();
            each->poll();
        }
    }
    CodingState state(const Version& version = one, Coding coding = Coding::zstd) {
        return codings.find(file, version, coding).state;
    }
    bool make(
        const Codings::Listener& listener,
        const Version& version = one,
        Coding coding = Coding::zstd
    ) {
        return codings.make(file, version, coding, plain(), listener);
    }

    boost::asio::io_context first_context;
    boost::asio::io_context second_context;
    ipc::FileId notified_of{};
    int first_notified = 0;
    int second_notified = 0;
    Codings::Listener first{first_context, [this](ipc::FileId id) {
                                notified_of = id;
                                ++first_notified;
                            }};
    Codings::Listener second{second_context, [this](ipc::FileId) {
                                 ++second_notified;
                             }};
    MadeContents contents{1 << 20};
    std::promise<void> released;
    bool is_released = false;
    Maker maker;
    Codings codings{maker, contents};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_is_made_once_for_all_who_ask, Fixture) {
    BOOST_TEST((state() == CodingState::unknown));
    BOOST_TEST(codings.empty());
    BOOST_TEST(make(first));
    BOOST_TEST(!codings.empty());
    BOOST_TEST((state() == CodingState::being_made));
    BOOST_TEST((state(two) == CodingState::unknown));
    BOOST_TEST((state(one, Coding::gzip) == CodingState::unknown));
    BOOST_TEST(make(first));
    BOOST_TEST(make(second));
    run();
    BOOST_TEST(first_notified == 1);
    BOOST_TEST(second_notified == 1);
    BOOST_TEST((notified_of == file));
    BOOST_TEST(codings.made() == 1U);
    BOOST_TEST(contents.count() == 1U);
    const auto found = codings.find(file, one, Coding::zstd);
    BOOST_TEST((found.state == CodingState::made));
    BOOST_TEST(found.content->size() == contents.bytes());
    BOOST_TEST((state(two) == CodingState::unknown));
    BOOST_TEST((state(one, Coding::gzip) == CodingState::unknown));
}

BOOST_FIXTURE_TEST_CASE(what_does_not_gain_is_remembered, Fixture) {
    BOOST_TEST(codings.make(file, one, Coding::zstd, noise(), first));
    run();
    BOOST_TEST(first_notified == 1);
    BOOST_TEST((state() == CodingState::useless));
    BOOST_TEST((state(two) == CodingState::unknown));
    BOOST_TEST(codings.made() == 0U);
}

BOOST_FIXTURE_TEST_CASE(superseded_versions_are_dropped, Fixture) {
    BOOST_TEST(make(first));
    run();
    codings.remove_superseded(file, one);
    BOOST_TEST((state() == CodingState::made));
    codings.remove_superseded({file.value + 1}, two);
    BOOST_TEST((state() == CodingState::made));
    codings.remove_superseded(file, two);
    BOOST_TEST((state() == CodingState::unknown));
    BOOST_TEST(contents.bytes() == 0U);
    BOOST_TEST(codings.empty());
}

BOOST_FIXTURE_TEST_CASE(what_is_superseded_before_it_begins_is_not_made, Fixture) {
    BOOST_TEST(make(first));
    codings.remove_superseded(file, two);
    BOOST_TEST((state() == CodingState::unknown));
    run();
    BOOST_TEST(first_notified == 0);
    BOOST_TEST(codings.made() == 0U);
    BOOST_TEST((state() == CodingState::unknown));
}

BOOST_FIXTURE_TEST_CASE(a_new_version_takes_the_place_of_the_one_before, Fixture) {
    BOOST_TEST(make(first));
    BOOST_TEST(make(second, two));
    run();
    BOOST_TEST(first_notified == 0);
    BOOST_TEST(second_notified == 1);
    BOOST_TEST((state(two) == CodingState::made));
    BOOST_TEST((state() == CodingState::unknown));
    BOOST_TEST(codings.made() == 1U);
}

BOOST_FIXTURE_TEST_CASE(all_are_dropped_with_the_catalog, Fixture) {
    contents.keep("text", one, nullptr);
    BOOST_TEST(make(first));
    run();
    BOOST_TEST(make(first, one, Coding::gzip));
    codings.clear();
    BOOST_TEST((state() == CodingState::unknown));
    BOOST_TEST((state(one, Coding::gzip) == CodingState::unknown));
    BOOST_TEST(contents.find("text", one).has_value());
}

BOOST_FIXTURE_TEST_CASE(only_so_many_wait, Fixture) {
    for (std::uint64_t i = 0; i < Codings::works_max; ++i)
        BOOST_TEST(codings.make({i}, one, Coding::zstd, plain(), second));
    BOOST_TEST(!codings.make({1000}, one, Coding::zstd, plain(), second));
    BOOST_TEST(codings.make({1}, one, Coding::zstd, plain(), first));  // joins
    run();
    BOOST_TEST(codings.made() == Codings::works_max);
    BOOST_TEST(codings.make({1000}, one, Coding::zstd, plain(), second));
}

BOOST_FIXTURE_TEST_CASE(without_room_nothing_is_remembered, Fixture) {
    MadeContents none(0);
    Codings without_room(maker, none);
    BOOST_TEST(without_room.make(file, one, Coding::zstd, plain(), first));
    run();
    BOOST_TEST(first_notified == 1);
    BOOST_TEST((without_room.find(file, one, Coding::zstd).state == CodingState::unknown));
}

BOOST_AUTO_TEST_SUITE_END()
