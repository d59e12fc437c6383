// The rules of docs/decisions.md, "Watching" and "Capture", by which one look has a file read.
#include "test/unit/daemon/decide_look_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(decide_look_loads)

using namespace treecast::test::decide_look_cases;

BOOST_AUTO_TEST_CASE(of_a_file_that_nobody_has_read_stat_alone_is_news) {
    const auto asked = [](bool has_no_writer) {
        return [has_no_writer](LookFacts& facts) {
            facts.has_no_writer = has_no_writer;
        };
    };
    const auto open_and = [](LookFacts& facts) {
        facts.is_open = true;
    };
    const auto quiet = [](LookFacts& facts) {
        facts.stat.ctime_ns = (now.since_1970 - 10s).count();
    };
    watcher::FileStat quiet_stat = some_stat;
    quiet_stat.ctime_ns = (now.since_1970 - 10s).count();
    const Publish as_seen{{.stat = some_stat}};
    check(
        {{"new", Sight::file, unknown, nothing, as_seen},
         {"as it is listed", Sight::file, listed, nothing, Unchanged{}},
         {"as it is listed, whoever closed it",
          Sight::file,
          listed,
          signalled({.closed = true}),
          Unchanged{}},
         {"arrived by rename", Sight::file, unknown, signalled({.arrived = true}), as_seen},
         {"created", Sight::file, unknown, signalled({.created = true}), CheckForWriter{}},
         {"written to", Sight::file, unknown, signalled({.modified = true}), CheckForWriter{}},
         {"closed, and opened by another",
          Sight::file,
          open_and,
          signalled({.modified = true, .closed = true}),
          CheckForWriter{}},
         {"opened by readers", Sight::file, open_and, nothing, as_seen},
         {"quiet for --open-limit",
          Sight::file,
          quiet,
          signalled({.created = true}),
          Publish{{.stat = quiet_stat}}},
         {"created, and nobody is in it",
          Sight::file,
          asked(true),
          signalled({.created = true}),
          as_seen},
         {"created, and a writer is in it",
          Sight::file,
          asked(false),
          signalled({.created = true}),
          Wait{.until = start + 1ms, .reason = WaitReason::writer, .is_awaited = false}}}
    );
}

// Asking for a lease opens the file, which others that open it may be merged with.
BOOST_AUTO_TEST_CASE(nobody_is_asked_for_a_writer_where_no_lease_can_be_had) {
    check(
        {{"created",
          Sight::file,
          unknown,
          signalled({.created = true}),
          Wait{.until = start + 1ms, .reason = WaitReason::writer, .is_awaited = false}}},
        {.leases = watcher::LeaseRights::of_owner(some_stat.owner + 1)}
    );
}

BOOST_AUTO_TEST_CASE(content_is_loaded_when_someone_wants_it_and_then_kept_fresh) {
    struct LoadRow {
        const char* rule;
        std::function<void(LookFacts&)> given;
        std::function<void(Work&)> history;
        bool is_loaded;
        bool keeps_content;
    };
    const std::vector<LoadRow> rows{
        {"wanted, and never read", listed, wanted, true, true},
        {"wanted, and only hashed", hashed, wanted, true, true},
        {"wanted, and there", resident, wanted, false, false},
        {"hashed, and the same", hashed, nothing, false, false},
        {"hashed, and changed",
         [](LookFacts& facts) {
             hashed(facts);
             facts.stat.size = 6;
         },
         nothing,
         true,
         false},
        {"resident, and changed", changed_stat, nothing, true, true},
        {"only touched", resident, signalled({.attributes = true}), false, false},
        {"a close always reads again", resident, signalled({.closed = true}), true, true},
        {"written to", resident, signalled({.modified = true}), true, true},
        {"replaced", resident, signalled({.arrived = true}), true, true},
        {"resident, not hashed",
         [](LookFacts& facts) {
             resident(facts);
             facts.record.hash_known = false;
         },
         nothing,
         true,
         true},
        {"stale",
         [](LookFacts& facts) {
             resident(facts);
             facts.record.reason = UnavailableReason::unreadable;
         },
         nothing,
         true,
         true},
        {"another mode",
         [](LookFacts& facts) {
             resident(facts);
             facts.stat.mode = S_IFREG | 0755;
         },
         nothing,
         true,
         true},
    };
    for (const LoadRow& row : rows) {
        LookFacts facts{.sight = Sight::file, .stat = some_stat};
        row.given(facts);
        Work work;
        row.history(work);
        const Verdict verdict = decide_look(work, facts, {}, now);
        const auto* const load = std::get_if<Load>(&verdict);
        BOOST_TEST((load != nullptr) == row.is_loaded, row.rule);
        BOOST_TEST((load != nullptr && load->keeps_content) == row.keeps_content, row.rule);
        if (load == nullptr)
            BOOST_TEST(verdict == Verdict(Unchanged{}), row.rule);
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_read_as_its_history_says) {
    const ServePolicy policy;
    struct Case {
        const char* rule;
        std::function<void(Work&)> history;
        std::function<void(CaptureRequest&)> expected;
    };
    const std::vector<Case> cases{
        {"nothing is known", nothing, [](CaptureRequest&) {}},
        {"renamed into place",
         signalled({.arrived = true}),
         [](CaptureRequest& request) {
             request.arrived_whole = true;
         }},
        {"renamed, and written to since",
         signalled({.arrived = true, .modified = true}),
         [](CaptureRequest&) {}},
        {"it changed while it was copied",
         [](Work& work) {
             work.load.copy_first = true;
         },
         [](CaptureRequest& request) {
             request.hash_last = true;
         }},
        {"a writer leaves no gap",
         [](Work& work) {
             work.writer.on_write(false, start - 500ms);
         },
         [](CaptureRequest& request) {
             request.extension_accepted = true;
         }},
        {"a writer never closes it",
         [](Work& work) {
             work.writer.on_write(false, start - 10s);
         },
         [](CaptureRequest& request) {
             request.writer_accepted = request.change_accepted = true;
             request.extension_accepted = true;
         }},
    };
    LookFacts facts{.sight = Sight::file, .stat = some_stat, .record = read_record()};
    for (const Case& each : cases) {
        Work work;
        each.history(work);
        CaptureRequest expected;
        expected.size_max = policy.file_size_max;
        expected.published = PublishedContent{5, some_hash};
        each.expected(expected);
        const bool is_expected = capture_request(work, facts, policy, now) == expected;
        BOOST_TEST(is_expected, each.rule);
    }
    Work arrived;
    arrived.notes.add({.arrived = true}, 1, false);
    facts.is_open = true;  // by somebody who may be writing to it since
    BOOST_TEST(!capture_request(arrived, facts, policy, now).arrived_whole);
    facts.stat.ctime_ns = (now.since_1970 - 10s).count();
    BOOST_TEST(capture_request(Work(), facts, policy, now).writer_accepted);
    facts.record = listed_record();
    BOOST_TEST(!capture_request(Work(), facts, policy, now).published);
}

BOOST_AUTO_TEST_SUITE_END()
