// The verdicts by which a path is looked at again, which looks and captures share. Pure.
#pragma once

#include "daemon/moment.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

namespace treecast::daemon {

/// `stat` is the file's, as last seen.
Wait wait_for_writer(
    Work& work,
    const watcher::FileStat& stat,
    const ServePolicy& policy,
    const Moment& now
);

/// A copy came to nothing: `cause`, one of the work's back-offs, says how long to pause.
Wait read_again(
    Work& work,
    BackOff& cause,
    WaitReason reason,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
);

/// It was written to within the tick of the clock.
Wait wait_for_clock(
    Work& work,
    const ipc::Record& record,
    const ServePolicy& policy,
    Clock::time_point now
);

/// It is tried again after a pause so long that nobody waits for it.
Wait hold(Work& work, BackOff& cause, WaitReason reason, Clock::time_point now);

/// A failure to look or read. What nobody knows or asks for is not tried again.
Verdict try_later(
    Work& work,
    WaitReason reason,
    const ErrorCode& why,
    const ipc::Record& record,
    Clock::time_point now
);

/// Its directory, its filesystem or the root is lost.
Verdict wait_for_directory(Work& work, const ipc::Record& record, Clock::time_point now);

/// What is published is served on, and says that it may be outdated; none if there is nothing to
/// say.
std::optional<Observation> stale(const ipc::Record& record, ipc::UnavailableReason reason);

}  // namespace treecast::daemon
