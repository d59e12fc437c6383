#include "daemon/decide_capture.hpp"

#include "daemon/waits.hpp"

#include <cerrno>

namespace treecast::daemon {

namespace {

using ipc::UnavailableReason;

constexpr std::chrono::milliseconds room_pause{100};

/// Whether the file was made unreadable: its mode has changed, or nothing of it is published. If
/// not, the permission may be missing only for a moment, as on a network filesystem with expired
/// tickets.
bool was_withdrawn(const ipc::Record& record, const watcher::FileStat& stat) {
    return record.state != ipc::FileState::present || !(record.resident || record.hash_known) ||
           record.mode != static_cast<std::uint16_t>(stat.mode);
}

bool is_permission(const ErrorCode& error) {
    return error.category() == boost::system::system_category() &&
           (error.value() == EACCES || error.value() == EPERM);
}

/// Whether the file was written to since the load began.
bool was_written_since(const Work& work) {
    return work.notes.later_signs().value_or(watcher::Signs()).modified;
}

/// New bytes without a write event were written through a mapping, which counts as open until it is
/// unmapped.
bool may_be_mapped(const Work& work, const CaptureFacts& facts) {
    return !came_whole(work.notes.signs()) && facts.is_open && facts.record.hash_known &&
           facts.record.sha256 != facts.capture.sha256;
}

/// A process that opened the file after its rename may write to it before any event reports that.
/// Without a lease, the file then needs the same proof as any other.
bool needs_proof_by_age(const Work& work, const CaptureFacts& facts) {
    return facts.capture.lease_refused && !facts.capture.proved_by_age &&
           came_whole(work.notes.signs()) && facts.is_open;
}

/// Publishes the copy. A file whose writer is still waited for is published because its open limit
/// has passed: a close would have ended the wait.
PublishCopy publish_copy(
    const Work& work,
    const Capture& capture,
    const ServePolicy& policy,
    const Moment& now
) {
    const Clock::duration limit = policy.open_limit;
    const bool is_past_open_limit =
        work.writer.is_waited_for() && capture.end == CaptureEnd::captured &&
        (work.writer.is_stuck(limit, now.time) ||
         work.writer.quiet_left(capture.stat, limit, now) <= Clock::duration());
    return {.is_past_open_limit = is_past_open_limit};
}

/// The file was written to while it was copied.
Verdict read_changed_again(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    BackOff& changing = work.setbacks.changing;
    return read_again(work, changing, WaitReason::changing, facts.record, policy, now.time);
}

Verdict decide_written(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    if (facts.capture.extends_published)
        return publish_copy(work, facts.capture, policy, now);
    return wait_for_writer(work, facts.seen, policy, now);
}

Verdict decide_captured(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    const Capture& capture = facts.capture;
    if (capture.writer_ruled_out)
        return publish_copy(work, capture, policy, now);
    // Without a lease the signs must exclude a writer: the same bytes twice may be half a file.
    const watcher::Signs& signs = work.notes.signs();
    const auto left = work.writer.emptied_left(capture.size, signs.arrived, now.time);
    if (left > Clock::duration())
        return Wait{.until = now.time + left, .reason = WaitReason::emptied};
    if (suspects_writer(signs))
        return decide_written(work, facts, policy, now);
    if (was_written_since(work))  // while the pool read it
        return read_changed_again(work, facts, policy, now);
    return AwaitEvents{};
}

Verdict decide_unsteady(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    Clock::time_point now
) {
    const ipc::Record& record = facts.record;
    BackOff& unsteady = work.setbacks.unsteady;
    if (!unsteady.has_failed(Setbacks::unsteady_tries))  // it may have changed between two reads
        return read_again(work, unsteady, WaitReason::unsteady, record, policy, now);
    Wait wait = hold(work, unsteady, WaitReason::unsteady, now);
    wait.must_log = record.reason != UnavailableReason::unstable;
    wait.meanwhile =
        record.state == ipc::FileState::present && record.hash_known
            ? stale(record, UnavailableReason::unstable)
            : Observation{.unavailable = UnavailableReason::unstable, .stat = facts.seen};
    return wait;
}

Verdict decide_failed(Work& work, const CaptureFacts& facts, Clock::time_point now) {
    const ErrorCode& error = facts.capture.error;
    if (is_permission(error) && was_withdrawn(facts.record, facts.seen))
        return Publish{{.unavailable = UnavailableReason::unreadable, .stat = facts.seen}};
    return try_later(work, WaitReason::unreadable, error, facts.record, now);
}

}  // namespace

Verdict decide_capture(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    switch (facts.capture.end) {
        case CaptureEnd::captured:
            return decide_captured(work, facts, policy, now);
        case CaptureEnd::writer_inside:
            return decide_written(work, facts, policy, now);
        case CaptureEnd::too_soon:
            return wait_for_clock(work, facts.record, policy, now.time);
        case CaptureEnd::changed:
            work.load.copy_first = true;
            [[fallthrough]];
        case CaptureEnd::would_block:
            return read_changed_again(work, facts, policy, now);
        case CaptureEnd::unsteady:
            return decide_unsteady(work, facts, policy, now.time);
        case CaptureEnd::too_large:
            return Publish{{.unavailable = UnavailableReason::too_large, .stat = facts.seen}};
        case CaptureEnd::no_memory:
            return wait_for_room(work, facts.seen, facts.may_find_room, facts.record, now.time);
        case CaptureEnd::failed:
            break;
    }
    return decide_failed(work, facts, now.time);
}

Verdict decide_confirmation(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    const Moment& now
) {
    if (was_written_since(work) || needs_proof_by_age(work, facts))
        return read_changed_again(work, facts, policy, now);
    const bool may_be_written =
        may_have_writer(work.notes.signs(), facts.is_open) || may_be_mapped(work, facts);
    if (may_be_written && !facts.capture.extends_published)
        return wait_for_writer(work, facts.capture.stat, policy, now);
    return publish_copy(work, facts.capture, policy, now);
}

Wait wait_for_room(
    Work& work,
    const watcher::FileStat& stat,
    bool may_find_room,
    const ipc::Record& record,
    Clock::time_point now
) {
    // Retries soon for a while if there is hope; not for ever, since others may load all the time.
    if (!work.setbacks.lacks_room_for_long(now) && may_find_room)
        return {.until = now + room_pause, .reason = WaitReason::no_room};
    Wait wait = hold(work, work.setbacks.room, WaitReason::no_room, now);
    wait.meanwhile = record.resident
                         ? stale(record, UnavailableReason::no_memory)
                         : Observation{.unavailable = UnavailableReason::no_memory, .stat = stat};
    return wait;
}

}  // namespace treecast::daemon
