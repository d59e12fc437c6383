#include "proxy/files/poll_decision.hpp"

#include "proxy/representation/last_modified.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

using ipc::FileState;
using ipc::Record;

/// Whether `after` is of another epoch or of the future. Nothing can be concluded from it, so the
/// request is never held. The header's claimed revision is at least that of every version that any
/// worker can have sent. If this worker has not seen the header change yet, the entry's own
/// revision counts.
bool is_unknown(Version after, const FileSight& sight, std::uint64_t content_revision) {
    return after.epoch != sight.epoch ||
           (after.revision > sight.claimed_revision && after.revision > content_revision);
}

/// A change may be shared by all clients that sent the same `after`. Other requests do not name the
/// version that they know.
Caching caching_of_news(const PollQuestion& question) {
    return question.after_is_arrival ? Caching::revalidate : Caching::news;
}

/// nullopt: the hash has to be known first.
std::optional<bool> may_proceed(const Record& record, const PollQuestion& question) {
    if (question.if_match != nullptr) {
        if (question.if_match->any())
            return true;
        if (!record.hash_known)
            return std::nullopt;
        return question.if_match->matches(record.sha256);
    }
    return !question.unmodified_since || is_unmodified_since(record, *question.unmodified_since);
}

/// Whether the request proves that the client has the present content. nullopt: the hash has to be
/// known first. A 304 by date also needs the hash, for its ETag.
std::optional<bool> condition_matches(const Record& record, const PollQuestion& question) {
    if (question.tags == nullptr && !question.after_is_arrival) {
        if (!question.modified_since ||
            !date_stands_for(record, *question.modified_since, question.now))
            return false;
        return record.hash_known ? std::optional(true) : std::nullopt;
    }
    if (!record.hash_known)
        return std::nullopt;
    return question.after_is_arrival || question.tags->matches(record.sha256);
}

/// Whether the last attempt to read a file that is not in memory has failed. A read that hangs has
/// not failed: it may still succeed.
bool failed_to_load(const Record& record) {
    return ipc::is_stale(record) && record.reason != ipc::UnavailableReason::hung;
}

/// A present file.
class PresentAnswer {
public:
    PresentAnswer(const FileSight& sight, const Record& record, const PollQuestion& question)
        : record_(record),
          question_(question),
          matches_(condition_matches(record, question)),
          version_{sight.epoch, record.content_revision} {}

    PollDecision decide(const FileSight& sight) const {
        const auto proceeds = may_proceed(record_, question_);
        if (!proceeds)
            return load_hash();
        if (!*proceeds)
            return {PollAction::precondition_failed, version_, Caching::none, false};
        if (question_.after) {
            const bool reset = is_unknown(*question_.after, sight, record_.content_revision);
            if (!reset && question_.after->revision >= record_.content_revision)
                return hold();
            // A date proves nothing if the version contradicts it.
            const bool matches = question_.tags != nullptr && matches_.value_or(false);
            return answer(matches, reset ? Caching::none : caching_of_news(question_));
        }
        if (!matches_ && question_.tags == nullptr)
            return load_hash();
        if (matches_.value_or(false) && (question_.may_wait || question_.waited))
            return hold();
        return answer(matches_.value_or(false), Caching::revalidate);
    }

private:
    PollDecision answer(bool matches, Caching caching) const {
        if (matches)
            return {PollAction::not_modified, version_, caching, false};
        if (record_.hash_known && (record_.resident || !question_.needs_content))
            return {PollAction::content, version_, caching, false};
        return load(caching, false);
    }
    PollDecision load_hash() const { return load(Caching::none, true); }
    PollDecision load(Caching caching, bool hash_alone) const {
        if (failed_to_load(record_))
            return {PollAction::cannot_load, version_, Caching::none, hash_alone};
        return {PollAction::load, version_, caching, hash_alone};
    }
    PollDecision hold() const {
        if (question_.may_wait)
            return {PollAction::hold, version_, Caching::revalidate, !record_.hash_known};
        // `after` alone does not identify the bytes that the client has, if any. A 304 would
        // confirm whatever content a cache in between, or an outdated tag, stands for.
        const bool is_known = matches_.value_or(false);
        return {
            is_known ? PollAction::not_modified : PollAction::no_content,
            version_,
            Caching::none,
            false};
    }

    const Record& record_;
    const PollQuestion& question_;
    const std::optional<bool> matches_;
    const Version version_;
};

/// `deletion`: the revision of the deletion if the entry still has it, else 0.
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
    // A missing file matches no tag, not even `*`. It has no date to compare.
    if (question.if_match != nullptr)
        return {PollAction::precondition_failed, now, Caching::none, false};
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
    // If the entry still has its deletion, it does not matter that the catalog has forgotten
    // others.
    if (deletion == 0 && after && after->revision < sight.forgotten_revision) {
        decision.version = {sight.epoch, std::max(sight.newest_revision, sight.forgotten_revision)};
        decision.caching = Caching::none;
        return decision;
    }
    // Unlike `after`, a condition does not show that it is older than the deletion. It is known to
    // be if a look since the request came found the file.
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
            return PresentAnswer(sight, record, question).decide(sight);
        case FileState::deleted:
            return decide_absent(sight, record.content_revision, question);
        case FileState::unavailable:
            return {
                PollAction::unavailable,
                {sight.epoch, record.content_revision},
                Caching::none,
                false};
        case FileState::directory: {
            // A directory is absent as a file. If the answer is 404, it says that the path is a
            // directory.
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
