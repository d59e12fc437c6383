// What the tests of poll_decision share: what the catalog says, what is asked, what is expected.
#pragma once

#include "proxy/files/poll_decision.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace treecast::test::poll_decision_cases {

using namespace treecast::proxy;
using ipc::FileState;
using ipc::Record;

inline constexpr std::uint64_t epoch = 7;
inline constexpr std::uint64_t content = 100;  // revision of the file's content, or of its deletion
inline constexpr std::uint64_t newest = 200;
inline constexpr std::uint64_t claimed = 210;
inline constexpr std::int64_t now = 1'700'000'000;
inline constexpr std::int64_t mtime = 784111777;

inline FileSight sight_of(std::optional<Record> record) {
    return {
        .epoch = epoch,
        .newest_revision = newest,
        .claimed_revision = claimed,
        .forgotten_revision = 50,
        .scan_complete = true,
        .record = record};
}

inline Record present_record() {
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

inline FileSight present() {
    return sight_of(present_record());
}

inline FileSight deleted() {
    Record record;
    record.change_revision = record.content_revision = content;
    record.state = FileState::deleted;
    return sight_of(record);
}

inline FileSight unknown() {
    return sight_of(std::nullopt);
}

inline const TagList matching = TagList::parse(entity_tag(sha256_of("content")), Comparison::weak);
inline const TagList other = TagList::parse("\"other\"", Comparison::weak);

inline PollQuestion ask(std::optional<Version> after, const TagList* tags, bool may_wait) {
    PollQuestion question;
    question.now = now;
    question.after = after;
    question.tags = tags;
    question.may_wait = may_wait;
    return question;
}

inline PollQuestion at_the_end(std::optional<Version> after, const TagList* tags = nullptr) {
    PollQuestion question = ask(after, tags, false);
    question.waited = true;
    return question;
}

inline Version version(std::uint64_t revision) {
    return {epoch, revision};
}

inline void expect(
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

}  // namespace treecast::test::poll_decision_cases
