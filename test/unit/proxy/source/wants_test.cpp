#include "proxy/source/wants.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(wants)

namespace {

constexpr std::uint64_t epoch = 7;
constexpr Clock::time_point start{1h};
constexpr Clock::time_point later = start + 1h;

/// Accepts `room` further requests and keeps their files.
struct Queue {
    std::size_t room = 100;
    std::vector<std::size_t> sizes{};
    std::vector<std::uint64_t> files{};

    SendRequest send() {
        return [this](const ipc::Request& request) {
            if (room == 0)
                return false;
            --room;
            BOOST_TEST(request.epoch == epoch);
            BOOST_TEST((request.kind == ipc::RequestKind::want));
            sizes.push_back(request.files.size());
            for (const ipc::FileId file : request.files)
                files.push_back(file.value);
            return true;
        };
    }
};

using Files = std::vector<std::uint64_t>;

Files sorted(Files files) {
    std::ranges::sort(files);
    return files;
}

ipc::Record record(ipc::FileState state, bool hash_known, bool resident) {
    ipc::Record made;
    made.state = state;
    made.hash_known = hash_known;
    made.resident = resident;
    return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_want_is_sent_at_once_and_repeated_each_second) {
    struct {
        Clock::duration at;
        std::size_t sent;  // of the one want, in all
    } const steps[] = {
        {0ms, 1},
        {1ms, 1},
        {999ms, 1},
        {1000ms, 2},
        {1999ms, 2},
        {2000ms, 3},
    };
    Wants wants;
    Queue queue;
    wants.add({1}, true, later);
    for (const auto& step : steps) {
        wants.send(queue.send(), epoch, start + step.at);
        BOOST_TEST(queue.files.size() == step.sent, step.at / 1ms);
    }
}

BOOST_AUTO_TEST_CASE(another_want_for_the_same_file_is_sent_only_if_it_asks_for_more) {
    struct {
        bool first_content;
        bool second_content;
        std::size_t sent;
    } const cases[] = {
        {false, false, 1},
        {false, true, 2},
        {true, false, 1},
        {true, true, 1},
    };
    for (const auto& each : cases) {
        Wants wants;
        Queue queue;
        wants.add({1}, each.first_content, later);
        wants.send(queue.send(), epoch, start);
        wants.add({1}, each.second_content, later);
        wants.send(queue.send(), epoch, start);

        BOOST_TEST(queue.files.size() == each.sent);
        BOOST_TEST(wants.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(wants_that_the_queue_does_not_accept_are_sent_when_it_has_room) {
    Wants wants;
    Queue queue{.room = 1};
    Files all;
    for (std::uint64_t file = 1; file <= 2 * ipc::request_files_max + 1; ++file) {
        wants.add({file}, true, later);
        all.push_back(file);
    }
    wants.send(queue.send(), epoch, start);
    BOOST_TEST(wants.has_unsent());
    BOOST_TEST(queue.sizes == (std::vector<std::size_t>{ipc::request_files_max}));

    queue.room = 2;
    wants.send(queue.send(), epoch, start);

    BOOST_TEST(!wants.has_unsent());
    BOOST_TEST(
        queue.sizes == (std::vector<std::size_t>{ipc::request_files_max, ipc::request_files_max, 1})
    );
    BOOST_TEST(sorted(queue.files) == all);
}

BOOST_AUTO_TEST_CASE(a_new_daemon_is_sent_all_wants_again) {
    Wants wants;
    Queue queue;
    wants.add({1}, true, later);
    wants.add({2}, true, later);
    wants.send(queue.send(), epoch, start);
    wants.resend_all();
    BOOST_TEST(wants.has_unsent());

    wants.send(queue.send(), epoch, start);

    BOOST_TEST(sorted(queue.files) == (Files{1, 1, 2, 2}));
}

BOOST_AUTO_TEST_CASE(a_want_ends_when_it_is_met_or_its_time_is_over) {
    using State = ipc::FileState;
    constexpr auto until = start + 10s;
    struct {
        const char* what;
        bool content;
        std::optional<ipc::Record> record;
        Clock::duration at;
        bool ends;
        bool is_met;
    } const cases[] = {
        {"nothing is there yet", true, record(State::present, false, false), 9s, false, false},
        {"its time is over", true, record(State::present, false, false), 10s, true, false},
        {"the hash came", true, record(State::present, true, false), 0s, false, false},
        {"the hash suffices", false, record(State::present, true, false), 0s, true, true},
        {"the content came", true, record(State::present, true, true), 0s, true, true},
        {"met, and its time is over", true, record(State::present, true, true), 11s, true, true},
        {"a content without its hash", true, record(State::present, false, true), 0s, false, false},
        {"the file was deleted", true, record(State::deleted, false, false), 0s, true, true},
        {"it became unavailable", true, record(State::unavailable, false, false), 0s, true, true},
        {"it became a directory", true, record(State::directory, false, false), 0s, true, true},
        {"its entry was removed", true, std::nullopt, 0s, true, true},
    };
    for (const auto& each : cases) {
        Wants wants;
        wants.add({1}, each.content, until);

        const auto met = wants.remove_ended(
            [&](ipc::FileId) {
                return each.record;
            },
            start + each.at
        );

        BOOST_TEST(wants.empty() == each.ends, each.what);
        BOOST_TEST(met.size() == (each.is_met ? 1U : 0U), each.what);
    }
}

BOOST_AUTO_TEST_CASE(a_want_lasts_until_the_latest_time_that_was_given) {
    const auto unmet = [](ipc::FileId) {
        return std::optional(record(ipc::FileState::present, false, false));
    };
    Wants wants;
    wants.add({1}, true, start + 10s);
    wants.add({1}, true, start + 5s);
    wants.add({1}, true, start + 20s);
    wants.add({1}, true, start + 1s);

    wants.remove_ended(unmet, start + 19s);
    BOOST_TEST(!wants.empty());
    wants.remove_ended(unmet, start + 20s);
    BOOST_TEST(wants.empty());
}

BOOST_AUTO_TEST_CASE(wants_that_have_ended_before_they_were_sent_are_not_sent) {
    Wants wants;
    Queue queue;
    wants.add({1}, true, later);
    wants.add({2}, true, later);
    wants.remove_ended(
        [](ipc::FileId file) {
            return std::optional(record(ipc::FileState::present, file.value == 1, file.value == 1));
        },
        start
    );

    wants.send(queue.send(), epoch, start);

    BOOST_TEST(queue.files == (Files{2}));
    wants.clear();
    BOOST_TEST(wants.empty());
    wants.send(queue.send(), epoch, later);
    BOOST_TEST(queue.files.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
