// The rules of docs/decisions.md, "Watching", by which one look finds a file gone or refused.
#include "test/unit/daemon/decide_look_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>

using namespace treecast;
using namespace treecast::daemon;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(decide_look_)

using namespace treecast::test::decide_look_cases;

namespace {

const Publish deleted{{.deleted = true}};

}  // namespace

BOOST_AUTO_TEST_CASE(absence_is_seen_and_never_inferred) {
    const Wait for_directory{.until = start + 1s, .reason = WaitReason::lost, .is_awaited = false};
    check(
        {{"the root is lost", Sight::root_lost, listed, nothing, for_directory},
         {"the root is lost, and nobody asks", Sight::root_lost, unknown, nothing, Drop{}},
         {"the root is lost, and somebody asks", Sight::root_lost, unknown, wanted, for_directory},
         {"covered by a mount that is gone", Sight::lost, listed, nothing, Drop{}},
         {"absent where absence proves nothing",
          Sight::absent,
          [](LookFacts& facts) {
              listed(facts);
              facts.absence_counts = false;
          },
          nothing,
          for_directory},
         {"absent, and never known", Sight::absent, unknown, nothing, Unchanged{.is_gone = true}},
         {"its stat is not to be had",
          Sight::trouble,
          [](LookFacts& facts) {
              listed(facts);
              facts.error = system_error(EIO);
          },
          nothing,
          Wait{
              .until = start + 1s,
              .reason = WaitReason::unseen,
              .meanwhile = Observation{.stale = UnavailableReason::unreadable},
              .is_awaited = false,
              .must_log = true}},
         {"its stat is not to be had, and nobody knows of it",
          Sight::trouble,
          unknown,
          nothing,
          Drop{}}}
    );
}

BOOST_AUTO_TEST_CASE(a_deletion_has_a_grace_and_what_became_something_else_has_none) {
    const auto missed_for = [](Clock::duration time) {
        return [time](Work& work) {
            static_cast<void>(work.grace.ends_at(100ms, start - time));
        };
    };
    const Wait rest{.until = start + 40ms, .reason = WaitReason::grace};
    check(
        {{"just absent",
          Sight::absent,
          listed,
          nothing,
          Wait{.until = start + 100ms, .reason = WaitReason::grace}},
         {"absent for a while", Sight::absent, listed, missed_for(60ms), rest},
         {"absent until the grace is over", Sight::absent, listed, missed_for(100ms), deleted},
         {"went with an exchanged directory",
          Sight::absent,
          listed,
          [](Work& work) {
              work.is_exchanged = true;
          },
          deleted},
         {"a directory, FIFO, ...", Sight::no_file, listed, nothing, deleted},
         {"has come to be ignored", Sight::hidden, listed, nothing, deleted}}
    );
}

BOOST_AUTO_TEST_CASE(what_was_seen_begins_the_grace_anew) {
    for (const Sight sight : {Sight::root_lost, Sight::trouble, Sight::file}) {
        Work work;
        LookFacts facts{.sight = Sight::absent, .stat = some_stat, .absence_counts = true};
        listed(facts);
        static_cast<void>(decide_look(work, facts, {}, {start - 1s, {}}));
        facts.sight = sight;
        static_cast<void>(decide_look(work, facts, {}, {start - 1ms, {}}));
        facts.sight = Sight::absent;
        const Verdict expected = Wait{.until = start + 100ms, .reason = WaitReason::grace};
        BOOST_TEST(decide_look(work, facts, {}, now) == expected);
    }
}

BOOST_AUTO_TEST_CASE(private_and_large_files_are_refused_by_stat) {
    const auto is_private = [](LookFacts& facts) {
        facts.stat.mode = S_IFREG | 0640;
    };
    const auto is_large = [](LookFacts& facts) {
        facts.stat.size = (64U << 20) + 1;
    };
    watcher::FileStat private_stat = some_stat;
    private_stat.mode = S_IFREG | 0640;
    watcher::FileStat large_stat = some_stat;
    large_stat.size = (64U << 20) + 1;
    const auto since = [](Work& work) {
        static_cast<void>(work.grace.ends_at(100ms, start - 100ms));
    };
    check(
        {{"private for now",
          Sight::file,
          is_private,
          nothing,
          Wait{.until = start + 100ms, .reason = WaitReason::grace}},
         {"private for the time of the grace",
          Sight::file,
          is_private,
          since,
          Publish{{.unavailable = UnavailableReason::private_file, .stat = private_stat}}},
         {"too large",
          Sight::file,
          is_large,
          nothing,
          Publish{{.unavailable = UnavailableReason::too_large, .stat = large_stat}}}}
    );
    check(
        {{"private, and served",
          Sight::file,
          is_private,
          nothing,
          Publish{{.stat = private_stat}}}},
        {.serve_private = true}
    );
}

BOOST_AUTO_TEST_SUITE_END()
