// Every row of the table of the held poll (docs/http.md), and what the table leaves open.
#include "proxy/files/poll_decision.hpp"

#include "ipc/file_date.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::proxy;
using ipc::FileState;
using ipc::Record;

BOOST_AUTO_TEST_SUITE(poll_decision)

namespace {

constexpr std::uint64_t epoch = 7;
constexpr std::uint64_t content = 100;  // revision of the file's content, or of its deletion
constexpr std::uint64_t newest = 200;
constexpr std::uint64_t claimed = 210;
constexpr std::int64_t now = 1'700'000'000;
constexpr std::int64_t mtime = 784111777;

FileSight sight_of(std::optional<Record> record) {
    return {
        .epoch = epoch,
        .newest_revision = newest,
        .claimed_revision = claimed,
        .forgotten_revision = 50,
        .scan_complete = true,
        .record = record};
}

Record present_record() {
    Record record;
    record.change_revision = 150;
    record.content_revision = content;
    record.mtime_ns = 784111777'500'000'000;
    record.state = FileState::present;
    record.resident = true;
    record.hash_known = true;
    record.sha256 = sha256_of("content");
    return record;
}

FileSight present() {
    return sight_of(present_record());
}

FileSight deleted() {
    Record record;
    record.change_revision = record.content_revision = content;
    record.state = FileState::deleted;
    return sight_of(record);
}

FileSight unknown() {
    return sight_of(std::nullopt);
}

const TagList matching = TagList::parse(entity_tag(sha256_of("content")), Comparison::weak);
const TagList other = TagList::parse("\"other\"", Comparison::weak);

PollQuestion ask(std::optional<Version> after, const TagList* tags, bool may_wait) {
    PollQuestion question;
    question.now = now;
    question.after = after;
    question.tags = tags;
    question.may_wait = may_wait;
    return question;
}

PollQuestion at_the_end(std::optional<Version> after, const TagList* tags = nullptr) {
    PollQuestion question = ask(after, tags, false);
    question.waited = true;
    return question;
}

Version version(std::uint64_t revision) {
    return {epoch, revision};
}

void expect(
    const FileSight& sight,
    const PollQuestion& question,
    PollAction action,
    std::uint64_t revision,
    Caching caching,
    const std::string& what
) {
    const PollDecision decision = decide(sight, question);
    BOOST_TEST((decision.action == action), what << ": action " << int(decision.action));
    if (action == PollAction::hold || action == PollAction::load)
        return;
    BOOST_TEST(
        (decision.version == version(revision)),
        what << ": " << to_string(decision.version)
    );
    BOOST_TEST((decision.caching == caching), what << ": caching " << int(decision.caching));
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(a_directory_is_an_absent_file_whose_404_says_what_it_is) {
    Record record;
    record.state = FileState::directory;
    const auto at_once = decide(sight_of(record), ask(std::nullopt, nullptr, false));
    const auto waiting = decide(sight_of(record), ask(std::nullopt, nullptr, true));

    BOOST_TEST((at_once.action == PollAction::directory));
    BOOST_TEST(at_once.version.revision == newest);
    BOOST_TEST((waiting.action == PollAction::hold));
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
