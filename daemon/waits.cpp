#include "daemon/waits.hpp"

#include "daemon/record_match.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

/// Marks the content as unstable if no capture has succeeded for `open_limit`.
std::optional<Observation> stale_if_unstable(
    const Work& work,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
) {
    return work.setbacks.uncaptured_for(now) >= policy.open_limit
               ? stale(record, ipc::UnavailableReason::unstable)
               : std::nullopt;
}

}  // namespace

std::optional<Observation> stale(const ipc::Record& record, ipc::UnavailableReason reason) {
    if (!is_known(record) || record.state != ipc::FileState::present || record.reason == reason)
        return std::nullopt;
    return Observation{.stale = reason};
}

Wait wait_for_writer(
    Work& work,
    const watcher::FileStat& stat,
    const ServePolicy& policy,
    const Moment& now
) {
    const watcher::Signs& signs = work.notes.signs();
    const bool is_noted_since = work.notes.later_signs().has_value();
    work.notes.begin_look();
    if (is_noted_since && signs.closed)  // the writer closed the file while it was read
        return {.until = now.time, .reason = WaitReason::noted_since};
    work.writer.begin_wait();
    work.is_retried = false;
    auto left =
        std::max<Clock::duration>(work.writer.quiet_left(stat, policy.open_limit, now), clock_tick);
    // A process that opened the file without a name (O_TMPFILE), or by a name that is gone, writes
    // and closes it without an event. Besides, the kernel reports a close before it stops counting
    // the writer.
    if (signs.modified && !signs.closed)
        work.setbacks.unreported_close.clear();
    else
        left = std::min<Clock::duration>(left, work.setbacks.unreported_close.fail());
    return {.until = now.time + left, .reason = WaitReason::writer, .is_awaited = false};
}

Wait read_again(
    Work& work,
    BackOff& cause,
    WaitReason reason,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
) {
    const bool is_closed_since = work.notes.later_signs().value_or(watcher::Signs()).closed;
    work.notes.begin_look();
    work.is_retried = false;
    work.pause.begin(cause.fail(), work.load.took, now);
    if (is_closed_since)
        work.begin_anew();
    return {
        .until = work.pause.until(),
        .reason = reason,
        .meanwhile = stale_if_unstable(work, record, policy, now)};
}

Wait wait_for_clock(
    Work& work,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
) {
    work.pause.begin(work.setbacks.too_soon(now), work.load.took, now);
    return {
        .until = work.pause.until(),
        .reason = WaitReason::too_soon,
        .meanwhile = stale_if_unstable(work, record, policy, now)};
}

Wait hold(Work& work, BackOff& cause, WaitReason reason, Clock::time_point now) {
    work.is_retried = false;
    const bool must_log = !cause.failing();
    return {
        .until = now + cause.fail(),
        .reason = reason,
        .is_awaited = false,
        .must_log = must_log};
}

Verdict try_later(
    Work& work,
    WaitReason reason,
    const ErrorCode& why,
    const ipc::Record& record,
    Clock::time_point now
) {
    if (!is_known(record) && !work.is_wanted)
        return Drop{};
    Setbacks& setbacks = work.setbacks;
    setbacks.error = why;
    Wait wait =
        hold(work, reason == WaitReason::unseen ? setbacks.look : setbacks.read, reason, now);
    wait.meanwhile = stale(record, stale_reason_of(why));
    return wait;
}

Verdict wait_for_directory(Work& work, const ipc::Record& record, Clock::time_point now) {
    if (!is_known(record) && !work.is_wanted)
        return Drop{};
    work.grace.reset();
    Wait wait = hold(work, work.setbacks.lost, WaitReason::lost, now);
    wait.must_log = false;  // the watcher logs it for the whole directory
    return wait;
}

}  // namespace treecast::daemon
