#include "proxy/source/in_use_report.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <set>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(in_use_report)

namespace {

constexpr std::size_t each_message = ipc::request_files_max;

std::vector<ipc::FileId> files(std::size_t count) {
    std::vector<ipc::FileId> made;
    for (std::size_t i = 0; i < count; ++i)
        made.push_back({i + 1});
    return made;
}

/// The daemon's queue, with room for some messages.
struct Queue {
    std::size_t room = 100;
    std::size_t messages = 0;
    std::multiset<std::uint64_t> files{};

    SendRequest send() {
        return [this](const ipc::Request& request) {
            if (messages == room)
                return false;
            ++messages;
            BOOST_TEST(request.epoch == 7U);
            BOOST_TEST((request.kind == ipc::RequestKind::in_use));
            for (const ipc::FileId file : request.files)
                files.insert(file.value);
            return true;
        };
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_list_is_reported_when_it_changes_and_at_each_eighth_call) {
    struct {
        const char* what;
        std::size_t files;
        int calls;
        std::size_t messages;  // of all these calls
    } const steps[] = {
        {"nothing is in use", 0, 3, 0},
        {"new", 2, 1, 1},
        {"unchanged", 2, 7, 0},
        {"the eighth unchanged", 2, 1, 1},
        {"unchanged again", 2, 7, 0},
        {"and the next eighth", 2, 1, 1},
        {"changed", 3, 1, 1},
        {"empty again", 0, 20, 0},
        {"as before the empty ones", 3, 1, 0},
    };
    InUseReport report;
    for (const auto& step : steps) {
        Queue queue;
        for (int call = 0; call < step.calls; ++call)
            report.send(queue.send(), 7, files(step.files));
        BOOST_TEST(queue.messages == step.messages, step.what);
    }
}

BOOST_AUTO_TEST_CASE(a_long_list_takes_several_calls_and_each_of_its_files_gets_its_turn) {
    struct {
        std::size_t files;
        std::size_t room;  // messages that the queue accepts at each call
        int calls;         // that are needed
        std::size_t messages;
    } const cases[] = {
        {1, 100, 1, 1},
        {each_message, 100, 1, 1},
        {each_message + 1, 100, 1, 2},
        {6 * each_message, 100, 1, 6},
        {6 * each_message + 1, 100, 2, 12},
        {12 * each_message, 100, 2, 12},
        {2 * each_message, 1, 2, 2},
        {3 * each_message, 2, 2, 4},
    };
    for (const auto& each : cases) {
        InUseReport report;
        std::set<std::uint64_t> reported;
        std::size_t messages = 0;
        for (int call = 0; call < each.calls; ++call) {
            BOOST_TEST(reported.size() < each.files);
            Queue queue{.room = each.room};
            report.send(queue.send(), 7, files(each.files));
            reported.insert(queue.files.begin(), queue.files.end());
            messages += queue.messages;
        }
        BOOST_TEST_CONTEXT(each.files << " files, room for " << each.room) {
            BOOST_TEST(reported.size() == each.files);
            BOOST_TEST(messages == each.messages);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_list_that_the_queue_did_not_accept_is_reported_at_the_next_call) {
    InUseReport report;
    Queue full{.room = 0};
    report.send(full.send(), 7, files(2));
    Queue queue;
    report.send(queue.send(), 7, files(2));
    BOOST_TEST(queue.files.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
