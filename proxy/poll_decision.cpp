#include "proxy/poll_decision.hpp"

#include "proxy/http_date.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

using ipc::FileState;
using ipc::Record;

/// Another epoch, or the future: nothing can be concluded from it, so it is never held. The
/// header's claimed revision covers every version any worker can have handed out, and the entry
/// itself is the proof if this worker has not seen the header move yet.
bool is_unknown(Version after, const FileSight& sight, std::uint64_t content_revision) {
    return after.epoch != sight.epoch ||
           (after.revision > sight.claimed_revision && after.revision > content_revision);
}

bool date_matches(const Record& record, const PollQuestion& question) {
    return question.modified_since && date_stands_for(record, *question.modified_since);
}

/// News are for all who sent the same `after`; other requests do not say which version they know.
Caching caching_of_news(const PollQuestion& question) {
    return question.after_is_arrival ? Caching::revalidate : Caching::news;
}

PollDecision
decide_present(const FileSight& sight, const Record& record, const PollQuestion& question) {
    PollDecision decision;
    decision.version = {sight.epoch, record.content_revision};
    const bool tag_matches =
        question.tags != nullptr && record.hash_known && question.tags->matches(record.sha256);
    const bool tag_unknown = question.tags != nullptr && !record.hash_known;
    const auto answer = [&](bool matches, Caching caching) {
        decision.caching = caching;
        if (matches)
            decision.action = PollAction::not_modified;
        else if (record.hash_known && (record.resident || !question.needs_content))
            decision.action = PollAction::content;
        else
            decision.action = PollAction::load;
        return decision;
    };
    const auto hold = [&] {
        if (question.may_wait) {
            decision.action = PollAction::hold;
            decision.wants_hash = !record.hash_known;
            return decision;
        }
        decision.action = PollAction::timed_out;
        decision.caching = Caching::none;
        return decision;
    };

    if (question.after) {
        const bool reset = is_unknown(*question.after, sight, record.content_revision);
        if (!reset && question.after->revision >= record.content_revision)
            return hold();
        return answer(tag_matches, reset ? Caching::none : caching_of_news(question));
    }
    // Without the hash nobody can say whether the condition matches.
    if (tag_unknown)
        return answer(false, Caching::revalidate);
    const bool matches = question.tags != nullptr ? tag_matches : date_matches(record, question);
    if (!matches)
        return answer(false, Caching::revalidate);
    if (question.may_wait || question.waited)
        return hold();
    return answer(true, Caching::revalidate);
}

/// `deletion`: the revision of the deletion if the entry still tells it, else 0.
PollDecision
decide_absent(const FileSight& sight, std::uint64_t deletion, const PollQuestion& question) {
    PollDecision decision;
    decision.action = PollAction::absent;
    const auto& after = question.after;
    const Version now = {sight.epoch, deletion != 0 ? deletion : sight.newest_revision};

    if (deletion == 0 && !sight.scan_complete) {
        decision.action = question.awaits_scan ? PollAction::load : PollAction::not_scanned;
        decision.caching = Caching::none;
        return decision;
    }
    if (after && is_unknown(*after, sight, deletion)) {
        decision.version = now;
        decision.caching = Caching::none;
        return decision;
    }
    if (deletion != 0 && after && deletion > after->revision) {
        decision.version = now;
        decision.caching = caching_of_news(question);
        return decision;
    }
    // An entry that tells its deletion makes what was forgotten of others irrelevant.
    if (deletion == 0 && after && after->revision < sight.forgotten_revision) {
        decision.version = {sight.epoch, std::max(sight.newest_revision, sight.forgotten_revision)};
        decision.caching = Caching::none;
        return decision;
    }
    // A condition cannot tell that it is older than the deletion, as `after` does; that the file
    // was there since the request came does.
    const bool deleted_meanwhile = question.was_present && !after;
    if (question.may_wait && !deleted_meanwhile) {
        decision.action = PollAction::hold;
        return decision;
    }
    decision.version = after ? *after : now;
    const bool ends_a_wait = question.waited && !deleted_meanwhile;
    decision.caching = ends_a_wait || after ? Caching::none : Caching::revalidate;
    return decision;
}

}  // namespace

PollDecision decide(const FileSight& sight, const PollQuestion& question) {
    if (!sight.record)
        return decide_absent(sight, 0, question);
    const Record& record = *sight.record;
    switch (record.state) {
        case FileState::present:
            return decide_present(sight, record, question);
        case FileState::deleted:
            return decide_absent(sight, record.content_revision, question);
        case FileState::unavailable:
            return {
                PollAction::unavailable,
                {sight.epoch, record.content_revision},
                Caching::none,
                false};
        case FileState::directory: {
            // As a file it is absent; the 404, once there is one, says what it is.
            PollDecision decision = decide_absent(sight, record.content_revision, question);
            if (decision.action == PollAction::absent)
                decision.action = PollAction::directory;
            return decision;
        }
        case FileState::none:
            break;
    }
    return decide_absent(sight, 0, question);
}

}  // namespace treecast::proxy
