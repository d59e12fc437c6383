// The verdicts that schedule another look; decide_look and decide_capture share them. Pure.
#pragma once

#include "daemon/moment.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

namespace treecast::daemon {

/// `stat` is the file's last known stat.
Wait wait_for_writer(
    Work& work,
    const watcher::FileStat& stat,
    const ServePolicy& policy,
    const Moment& now
);

/// A copy failed. `cause`, one of the work's back-offs, sets the pause.
Wait read_again(
    Work& work,
    BackOff& cause,
    WaitReason reason,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
);

/// The file was written to within the clock's tick.
Wait wait_for_clock(
    Work& work,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
);

/// Retries after a pause so long that no sync waits for the outcome.
Wait hold(Work& work, BackOff& cause, WaitReason reason, Clock::time_point now);

/// A look or read failed. Retries only if the file is published or requested.
Verdict try_later(
    Work& work,
    WaitReason reason,
    const ErrorCode& why,
    const ipc::Record& record,
    Clock::time_point now
);

/// The path's directory, its filesystem or the root is lost.
Verdict wait_for_directory(Work& work, const ipc::Record& record, Clock::time_point now);

/// The content stays published, marked as possibly outdated. None if there is nothing to mark, or
/// if the mark is there already.
std::optional<Observation> stale(const ipc::Record& record, ipc::UnavailableReason reason);

}  // namespace treecast::daemon
