// What of a file has to be loaded before a poll is answered, and what follows where it cannot be.
#include "test/unit/proxy/files/poll_decision_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(poll_decision_loads)

using namespace treecast::test::poll_decision_cases;

/// What is needed cannot be read, and the record says why; what is there is served, and a wait
/// for a change goes on.
BOOST_AUTO_TEST_CASE(what_cannot_be_loaded_is_told_at_once) {
    using ipc::UnavailableReason;
    const TagList strong = TagList::parse(entity_tag(sha256_of("content")), Comparison::strong);
    const auto stale = [](bool resident, bool hash_known, UnavailableReason reason) {
        Record record = present_record();
        record.resident = resident;
        record.hash_known = hash_known;
        record.reason = reason;
        return sight_of(record);
    };
    PollQuestion head = ask({}, nullptr, false);
    head.needs_content = false;
    PollQuestion precondition = ask({}, nullptr, false);
    precondition.if_match = &strong;
    PollQuestion by_date = ask({}, nullptr, false);
    by_date.modified_since = mtime;
    constexpr auto cannot = PollAction::cannot_load;
    struct {
        const char* what;
        PollQuestion question;
        PollAction unread;   // neither content nor hash is known
        PollAction evicted;  // the hash is
    } const cases[] = {
        {"plain", ask({}, nullptr, false), cannot, cannot},
        {"plain, with a wait", ask({}, nullptr, true), cannot, cannot},
        {"at the end", at_the_end({}), cannot, cannot},
        {"HEAD", head, cannot, PollAction::content},
        {"a tag", ask({}, &matching, false), cannot, PollAction::not_modified},
        {"an outdated tag", ask({}, &other, true), cannot, cannot},
        {"a date", by_date, cannot, PollAction::not_modified},
        {"If-Match", precondition, cannot, cannot},
        {"an older version", ask(version(content - 1), nullptr, true), cannot, cannot},
        {"a wait for news",
         ask(version(content), nullptr, true),
         PollAction::hold,
         PollAction::hold},
        {"a wait for news is over",
         at_the_end(version(content)),
         PollAction::no_content,
         PollAction::no_content},
    };
    for (const auto& each : cases) {
        for (const auto reason :
             {UnavailableReason::unreadable,
              UnavailableReason::no_descriptors,
              UnavailableReason::no_memory,
              UnavailableReason::unstable}) {
            BOOST_TEST_CONTEXT(each.what << ", " << ipc::to_string(reason)) {
                const auto unread = decide(stale(false, false, reason), each.question);
                BOOST_TEST((unread.action == each.unread));
                const auto evicted = decide(stale(false, true, reason), each.question);
                BOOST_TEST((evicted.action == each.evicted));
                BOOST_TEST((decide(stale(true, true, reason), each.question).action != cannot));
            }
        }
        // A read that has not come back may still do so.
        const auto hangs = decide(stale(false, false, UnavailableReason::hung), each.question);
        BOOST_TEST((hangs.action == (each.unread == cannot ? PollAction::load : each.unread)));
    }
}

BOOST_AUTO_TEST_CASE(a_304_by_date_waits_for_its_tag) {
    Record unread = present_record();
    unread.hash_known = unread.resident = false;
    PollQuestion question = ask({}, nullptr, false);
    question.modified_since = mtime;
    const PollDecision decision = decide(sight_of(unread), question);
    BOOST_TEST((decision.action == PollAction::load));
    BOOST_TEST(decision.wants_hash);
    question.modified_since = mtime - 1;
    BOOST_TEST(!decide(sight_of(unread), question).wants_hash);
}

BOOST_AUTO_TEST_CASE(what_is_not_loaded_is_wanted_as_far_as_the_answer_needs_it) {
    Record no_content = present_record();
    no_content.resident = false;
    Record no_hash = no_content;
    no_hash.hash_known = false;
    PollQuestion head;
    head.needs_content = false;
    struct {
        const char* what;
        Record record;
        PollQuestion question;
        PollAction action;
    } const cases[] = {
        {"GET", no_content, ask({}, nullptr, false), PollAction::load},
        {"HEAD", no_content, head, PollAction::content},
        {"HEAD, hash unknown", no_hash, head, PollAction::load},
        {"tag matches", no_content, ask({}, &matching, false), PollAction::not_modified},
        {"tag, hash unknown", no_hash, ask({}, &matching, false), PollAction::load},
        {"tag, hash unknown, wait", no_hash, ask({}, &matching, true), PollAction::load},
        {"not newer", no_content, ask(version(content), nullptr, true), PollAction::hold},
        {"newer", no_content, ask(version(1), nullptr, true), PollAction::load},
    };
    for (const auto& each : cases) {
        const PollDecision decision = decide(sight_of(each.record), each.question);
        BOOST_TEST((decision.action == each.action), each.what);
    }
    BOOST_TEST(decide(sight_of(no_hash), ask(version(content), nullptr, true)).wants_hash);
    BOOST_TEST(!decide(sight_of(no_content), ask(version(content), nullptr, true)).wants_hash);
}

BOOST_AUTO_TEST_CASE(unavailable_files_are_never_held) {
    Record record = present_record();
    record.state = FileState::unavailable;
    record.reason = ipc::UnavailableReason::too_large;
    for (const bool may_wait : {false, true}) {
        const PollQuestion question = ask(version(content), &matching, may_wait);
        BOOST_TEST((decide(sight_of(record), question).action == PollAction::unavailable));
    }
}

BOOST_AUTO_TEST_SUITE_END()
