// Decides what follows from a capture, from the events that arrived before its confirmation, and
// from a lack of room for it. Pure, as decide_look.hpp.
#pragma once

#include "daemon/moment.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

namespace treecast::daemon {

struct CaptureFacts {
    const Capture& capture;
    watcher::FileStat seen{};  // by the look before the capture
    bool is_open = false;      // somebody has it open, where opens are counted
    /// Set with `no_memory` only: other contents may be evicted soon.
    bool may_find_room = false;
    ipc::Record record{};
};

/// Called after Setbacks::on_capture.
Verdict
decide_capture(Work& work, const CaptureFacts& facts, const ServePolicy& policy, const Moment& now);

/// Called once all events that were queued before the end of the copy have been noted.
Verdict decide_confirmation(
    Work& work,
    const CaptureFacts& facts,
    const ServePolicy& policy,
    const Moment& now
);

/// No room was found for the content of a file with this stat.
Wait wait_for_room(
    Work& work,
    const watcher::FileStat& stat,
    bool may_find_room,
    const ipc::Record& record,
    Clock::time_point now
);

}  // namespace treecast::daemon
