// The rows of the table of the held poll (docs/http.md) for files that are there, with conditions.
#include "ipc/file_date.hpp"
#include "test/unit/proxy/files/poll_decision_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(poll_decision)

using namespace treecast::test::poll_decision_cases;

BOOST_AUTO_TEST_CASE(present_without_after_or_matching_condition_ignores_the_wait) {
    for (const bool may_wait : {false, true})
        for (const TagList* const tags : {static_cast<const TagList*>(nullptr), &other})
            expect(
                present(),
                ask({}, tags, may_wait),
                PollAction::content,
                content,
                Caching::revalidate,
                "plain"
            );
}

BOOST_AUTO_TEST_CASE(present_with_a_matching_condition_is_held_or_304) {
    expect(
        present(),
        ask({}, &matching, false),
        PollAction::not_modified,
        content,
        Caching::revalidate,
        "no wait"
    );
    expect(present(), ask({}, &matching, true), PollAction::hold, 0, {}, "wait");
    expect(
        present(),
        at_the_end({}, &matching),
        PollAction::not_modified,
        content,
        Caching::none,
        "end"
    );
}

BOOST_AUTO_TEST_CASE(present_and_newer_than_after_is_news_at_once) {
    for (const bool may_wait : {false, true}) {
        expect(
            present(),
            ask(version(content - 1), nullptr, may_wait),
            PollAction::content,
            content,
            Caching::news,
            "newer"
        );
        expect(
            present(),
            ask(version(content - 1), &matching, may_wait),
            PollAction::not_modified,
            content,
            Caching::news,
            "newer, same bytes"
        );
    }
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_epoch_or_the_future_is_a_reset_at_once) {
    for (const Version after :
         {Version{epoch + 1, content}, Version{epoch - 1, 1}, version(claimed + 1)}) {
        expect(
            present(),
            ask(after, nullptr, true),
            PollAction::content,
            content,
            Caching::none,
            "reset"
        );
        expect(
            present(),
            ask(after, &matching, true),
            PollAction::not_modified,
            content,
            Caching::none,
            "reset, same bytes"
        );
        expect(
            unknown(),
            ask(after, nullptr, true),
            PollAction::absent,
            newest,
            Caching::none,
            "reset of nothing"
        );
        expect(
            deleted(),
            ask(after, nullptr, true),
            PollAction::absent,
            content,
            Caching::none,
            "reset of a deletion"
        );
    }
}

BOOST_AUTO_TEST_CASE(a_version_of_another_worker_is_not_the_future) {
    FileSight sight = present();
    for (const std::uint64_t after : {content, newest, newest + 1, claimed})
        expect(sight, ask(version(after), nullptr, true), PollAction::hold, 0, {}, "claimed");
    // The entry has it already, whatever the header said a moment ago.
    sight.claimed_revision = content - 10;
    expect(sight, ask(version(content), nullptr, true), PollAction::hold, 0, {}, "in the entry");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_wait_is_304_by_the_requests_own_condition_alone) {
    const TagList star = TagList::parse("*", Comparison::weak);
    struct {
        const char* what;
        const TagList* tags;
        std::optional<std::int64_t> modified_since;
        PollAction action;
    } const cases[] = {
        {"no condition", nullptr, {}, PollAction::no_content},
        {"the tag", &matching, {}, PollAction::not_modified},
        {"*", &star, {}, PollAction::not_modified},
        {"an outdated tag, which `after` must not confirm", &other, {}, PollAction::no_content},
        {"the date", nullptr, mtime, PollAction::not_modified},
        {"another date", nullptr, mtime - 1, PollAction::no_content},
    };
    for (const auto& each : cases) {
        PollQuestion question = ask(version(content), each.tags, true);
        question.modified_since = each.modified_since;
        expect(present(), question, PollAction::hold, 0, {}, each.what);
        question.may_wait = false;
        for (const bool waited : {false, true}) {
            question.waited = waited;
            expect(present(), question, each.action, content, Caching::none, each.what);
        }
        // Without the hash there is no tag that a 304 could carry.
        Record unread = present_record();
        unread.hash_known = false;
        expect(
            sight_of(unread),
            question,
            PollAction::no_content,
            content,
            Caching::none,
            each.what
        );
    }
    // `*` without `after`: what was there at arrival is what it named.
    PollQuestion arrival = at_the_end(version(content));
    arrival.after_is_arrival = true;
    expect(present(), arrival, PollAction::not_modified, content, Caching::none, "at arrival");
}

BOOST_AUTO_TEST_CASE(a_date_does_not_outweigh_a_version) {
    PollQuestion question = ask(version(content - 1), nullptr, true);
    question.modified_since = mtime;
    expect(present(), question, PollAction::content, content, Caching::news, "newer");
}

BOOST_AUTO_TEST_CASE(preconditions_fail_at_once_and_hold_back_nothing_else) {
    const TagList strong = TagList::parse(entity_tag(sha256_of("content")), Comparison::strong);
    const TagList wrong = TagList::parse("\"other\"", Comparison::strong);
    const TagList star = TagList::parse("*", Comparison::strong);
    const auto when = [](const TagList* if_match, std::optional<std::int64_t> unmodified_since) {
        PollQuestion question = ask({}, nullptr, false);
        question.if_match = if_match;
        question.unmodified_since = unmodified_since;
        return question;
    };
    const auto failed = PollAction::precondition_failed;
    struct {
        const char* what;
        PollQuestion question;
        PollAction present;
        PollAction absent;
    } const cases[] = {
        {"the tag", when(&strong, {}), PollAction::content, failed},
        {"another tag", when(&wrong, {}), failed, failed},
        {"*", when(&star, {}), PollAction::content, failed},
        {"its date", when(nullptr, mtime), PollAction::content, PollAction::absent},
        {"an earlier date", when(nullptr, mtime - 1), failed, PollAction::absent},
    };
    for (auto each : cases)
        for (const bool waits : {false, true}) {
            each.question.may_wait = waits;
            BOOST_TEST((decide(present(), each.question).action == each.present), each.what);
            if (each.absent == failed || !waits)
                for (const FileSight& sight : {deleted(), unknown()})
                    BOOST_TEST((decide(sight, each.question).action == each.absent), each.what);
            // Before the tag is compared for a 304, or a version for a wait.
            each.question.tags = &matching;
            each.question.after = version(content);
            const auto other_decision = decide(present(), each.question).action;
            BOOST_TEST((other_decision == failed) == (each.present == failed), each.what);
            each.question.tags = nullptr;
            each.question.after.reset();
        }
    // What nobody can know, or serve, has no precondition.
    FileSight unscanned = unknown();
    unscanned.scan_complete = false;
    BOOST_TEST((decide(unscanned, when(&wrong, {})).action == PollAction::not_scanned));
    Record unreadable = present_record();
    unreadable.state = FileState::unavailable;
    BOOST_TEST((decide(sight_of(unreadable), when(&wrong, {})).action == PollAction::unavailable));
    // The hash decides, so it is loaded first, and only that.
    Record unread = present_record();
    unread.hash_known = unread.resident = false;
    const PollDecision decision = decide(sight_of(unread), when(&wrong, {}));
    BOOST_TEST((decision.action == PollAction::load));
    BOOST_TEST(decision.wants_hash);
    BOOST_TEST(!decide(sight_of(unread), when(&star, {})).wants_hash);
}

BOOST_AUTO_TEST_CASE(if_modified_since_matches_an_equal_date_alone) {
    PollQuestion question;
    question.now = now;
    struct {
        std::int64_t since;
        std::int64_t newest_other;  // 0: none
        PollAction action;
    } const cases[] = {
        {784111777, 0, PollAction::not_modified},
        {784111776, 0, PollAction::content},
        {784111778, 0, PollAction::content},
        {784111777, 784111776, PollAction::not_modified},
        {784111777, 784111777, PollAction::content},  // another version of the same second
        {784111777, 784111782, PollAction::content},  // the date was restored
    };
    for (const auto& each : cases) {
        Record record = present_record();
        record.date_floor = each.newest_other == 0 ? 0 : ipc::date_mark(each.newest_other);
        question.modified_since = each.since;
        BOOST_TEST((decide(sight_of(record), question).action == each.action));
    }
    question.modified_since = 784111777;
    question.may_wait = true;
    BOOST_TEST((decide(present(), question).action == PollAction::hold));
}

BOOST_AUTO_TEST_CASE(a_touch_does_not_end_the_wait) {
    Record record = present_record();
    record.change_revision = newest;
    record.mtime_ns += 5'000'000'000;
    BOOST_TEST(
        (decide(sight_of(record), ask(version(content), nullptr, true)).action == PollAction::hold)
    );
}

BOOST_AUTO_TEST_SUITE_END()
