#include "daemon/decide_look.hpp"

#include "daemon/record_match.hpp"
#include "daemon/waits.hpp"

#include <sys/stat.h>

namespace treecast::daemon {

namespace {

using ipc::UnavailableReason;

Verdict
decide_absent(Work& work, const LookFacts& facts, const ServePolicy& policy, const Moment& now) {
    if (!is_known(facts.record))
        return Unchanged{.is_gone = true};
    if (!facts.absence_counts)
        return wait_for_directory(work, facts.record, now.time);
    // Editors rename a file away and write it anew, so a name that returns soon was not deleted. If
    // its directory was exchanged for another, the name does not return.
    if (!work.is_exchanged)
        if (const auto end = work.grace.ends_at(policy.delete_grace, now.time))
            return Wait{.until = *end, .reason = WaitReason::grace};
    return Publish{{.deleted = true}};
}

Verdict decide_refused(
    Work& work,
    UnavailableReason refusal,
    const LookFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    // tar and install write a file that is private at first, and change its mode at the end.
    if (refusal == UnavailableReason::private_file)
        if (const auto end = work.grace.ends_at(policy.delete_grace, now.time))
            return Wait{.until = *end, .reason = WaitReason::grace};
    return Publish{{.unavailable = refusal, .stat = facts.stat}};
}

/// No bytes are published, so the stat alone is published; but not that of a half-written file.
Verdict decide_unread(
    Work& work,
    bool is_same,
    const LookFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    if (may_have_writer(work.notes.signs(), facts.is_open) &&
        work.writer.quiet_left(facts.stat, policy.open_limit, now) > Clock::duration()) {
        const bool can_take_lease = policy.leases.reach(facts.stat.owner);
        if (can_take_lease && !facts.has_no_writer)
            return CheckForWriter{};
        if (!can_take_lease || !*facts.has_no_writer)
            return wait_for_writer(work, facts.stat, policy, now);
    }
    if (is_same)
        return Unchanged{};
    return Publish{{.stat = facts.stat}};
}

Verdict
decide_file(Work& work, const LookFacts& facts, const ServePolicy& policy, const Moment& now) {
    const watcher::FileStat& stat = facts.stat;
    if (const auto refusal = refusal_by_stat(policy, stat); refusal != UnavailableReason::none)
        return decide_refused(work, refusal, facts, policy, now);
    work.grace.reset();
    work.writer.note_size(stat.size, now.time);
    const ipc::Record& record = facts.record;
    // A stale file is read again, whatever stat says.
    const bool is_same = record.state == ipc::FileState::present && agrees_with(record, stat) &&
                         !ipc::is_stale(record);
    if (!work.is_wanted && !record.resident && !record.hash_known)
        return decide_unread(work, is_same, facts, policy, now);
    const watcher::Signs& signs = work.notes.signs();
    const bool is_touched = signs.closed || signs.modified || signs.arrived;
    const bool is_complete = record.hash_known && (record.resident || !work.is_wanted);
    if (is_same && !is_touched && is_complete)
        return Unchanged{};
    work.writer.begin_load();
    return Load{
        .request = capture_request(work, facts, policy, now),
        .keeps_content = work.is_wanted || record.resident};
}

}  // namespace

ipc::UnavailableReason refusal_by_stat(const ServePolicy& policy, const watcher::FileStat& stat) {
    if (!policy.serve_private && (stat.mode & S_IROTH) == 0)
        return UnavailableReason::private_file;
    if (stat.size > policy.file_size_max)
        return UnavailableReason::too_large;
    return UnavailableReason::none;
}

Verdict
decide_look(Work& work, const LookFacts& facts, const ServePolicy& policy, const Moment& now) {
    switch (facts.sight) {
        case Sight::root_lost:
            return wait_for_directory(work, facts.record, now.time);
        case Sight::lost:
            return Drop{};
        case Sight::hidden:
            return Publish{{.deleted = true}};
        case Sight::trouble:
            work.grace.reset();
            return try_later(work, WaitReason::unseen, facts.error, facts.record, now.time);
        case Sight::absent:
            work.setbacks.on_look(Seen::absent);
            return decide_absent(work, facts, policy, now);
        case Sight::no_file:
            work.setbacks.on_look(Seen::special);
            return Publish{{.deleted = true}};
        case Sight::file:
            work.setbacks.on_look(Seen::file);
            break;
    }
    return decide_file(work, facts, policy, now);
}

CaptureRequest capture_request(
    const Work& work,
    const LookFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    const ipc::Record& record = facts.record;
    CaptureRequest request;
    request.arrived_whole = came_whole(work.notes.signs()) && !facts.is_open;
    request.hash_last = work.load.copy_first;
    request.change_accepted = work.writer.is_stuck(policy.open_limit, now.time);
    request.writer_accepted =
        request.change_accepted ||
        work.writer.quiet_left(facts.stat, policy.open_limit, now) <= Clock::duration();
    request.size_max = policy.file_size_max;
    request.may_take_leases = policy.leases.reach(facts.stat.owner);
    if (record.state == ipc::FileState::present && record.hash_known)
        request.published = PublishedContent{record.size, record.sha256};
    request.extension_accepted = request.published && work.writer.writes_without_pause(now.time);
    return request;
}

}  // namespace treecast::daemon
