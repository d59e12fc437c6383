// The rows of the table of the held poll (docs/http.md) for files that are not there.
#include "test/unit/proxy/files/poll_decision_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(poll_decision_absent)

using namespace treecast::test::poll_decision_cases;

BOOST_AUTO_TEST_CASE(absent_without_after_is_held_and_404_at_the_end) {
    expect(unknown(), ask({}, nullptr, true), PollAction::hold, 0, {}, "unknown");
    expect(deleted(), ask({}, nullptr, true), PollAction::hold, 0, {}, "deleted");
    expect(unknown(), at_the_end({}), PollAction::absent, newest, Caching::none, "end");
    expect(
        unknown(),
        ask({}, nullptr, false),
        PollAction::absent,
        newest,
        Caching::revalidate,
        "plain"
    );
    expect(
        deleted(),
        ask({}, nullptr, false),
        PollAction::absent,
        content,
        Caching::revalidate,
        "plain deleted"
    );
}

BOOST_AUTO_TEST_CASE(absent_after_it_was_seen_without_after_is_404_at_once) {
    PollQuestion question = ask({}, &matching, true);
    question.waited = true;
    question.was_present = true;
    expect(deleted(), question, PollAction::absent, content, Caching::revalidate, "deleted");
    expect(unknown(), question, PollAction::absent, newest, Caching::revalidate, "forgotten");
    // `after` itself says whether the deletion is news.
    question.after = version(content);
    expect(deleted(), question, PollAction::hold, 0, {}, "known deletion");
}

BOOST_AUTO_TEST_CASE(a_deletion_newer_than_after_is_404_at_once) {
    for (const bool may_wait : {false, true})
        expect(
            deleted(),
            ask(version(content - 1), nullptr, may_wait),
            PollAction::absent,
            content,
            Caching::news,
            "deletion"
        );
}

BOOST_AUTO_TEST_CASE(news_on_what_was_there_at_arrival_are_for_nobody_else) {
    PollQuestion question = ask(version(content - 1), nullptr, true);
    question.after_is_arrival = true;
    expect(deleted(), question, PollAction::absent, content, Caching::revalidate, "deletion");
    expect(present(), question, PollAction::content, content, Caching::revalidate, "content");
}

BOOST_AUTO_TEST_CASE(an_after_older_than_what_is_forgotten_is_404_at_once_and_only_once) {
    FileSight sight = unknown();
    sight.forgotten_revision = 150;

    expect(
        sight,
        ask(version(149), nullptr, true),
        PollAction::absent,
        newest,
        Caching::none,
        "forgotten"
    );
    // With the version of that answer the next request is held.
    expect(sight, ask(version(newest), nullptr, true), PollAction::hold, 0, {}, "then held");
    // An entry that still tells its deletion knows better than the header.
    FileSight known = deleted();
    known.forgotten_revision = 150;
    expect(known, ask(version(content), nullptr, true), PollAction::hold, 0, {}, "known deletion");
}

BOOST_AUTO_TEST_CASE(absent_otherwise_is_held_and_404_with_the_same_version) {
    for (const FileSight& sight : {unknown(), deleted()}) {
        expect(sight, ask(version(120), nullptr, true), PollAction::hold, 0, {}, "held");
        for (const auto& question : {ask(version(120), nullptr, false), at_the_end(version(120))})
            expect(sight, question, PollAction::absent, 120, Caching::none, "end");
    }
}

BOOST_AUTO_TEST_CASE(before_the_first_scan_nothing_unknown_is_absent) {
    FileSight sight = unknown();
    sight.scan_complete = false;
    for (const auto& after :
         {std::optional<Version>(), std::optional(version(1)), std::optional(Version{1, 1})})
        for (const bool may_wait : {false, true})
            BOOST_TEST(
                (decide(sight, ask(after, nullptr, may_wait)).action == PollAction::not_scanned)
            );
    FileSight known = deleted();
    known.scan_complete = false;
    BOOST_TEST((decide(known, ask({}, nullptr, false)).action == PollAction::absent));
    FileSight there = present();
    there.scan_complete = false;
    BOOST_TEST((decide(there, ask({}, nullptr, false)).action == PollAction::content));
}

BOOST_AUTO_TEST_CASE(who_cannot_be_told_to_come_back_awaits_the_first_scan) {
    FileSight sight = unknown();
    sight.scan_complete = false;
    PollQuestion question = ask({}, nullptr, false);
    question.awaits_scan = true;
    BOOST_TEST((decide(sight, question).action == PollAction::load));
    BOOST_TEST((decide(FileSight{}, question).action == PollAction::load));  // no catalog
    sight.scan_complete = true;
    BOOST_TEST((decide(sight, question).action == PollAction::absent));
}

BOOST_AUTO_TEST_CASE(a_directory_is_an_absent_file_whose_404_says_what_it_is) {
    Record record;
    record.state = FileState::directory;
    const auto at_once = decide(sight_of(record), ask(std::nullopt, nullptr, false));
    const auto waiting = decide(sight_of(record), ask(std::nullopt, nullptr, true));

    BOOST_TEST((at_once.action == PollAction::directory));
    BOOST_TEST(at_once.version.revision == newest);
    BOOST_TEST((waiting.action == PollAction::hold));
}

BOOST_AUTO_TEST_SUITE_END()
