// What follows from a capture, from what was noted while it waited for confirmation, and from a
// lack of room for it. Pure, as decide_look.hpp.
#pragma once

#include "daemon/moment.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

namespace treecast::daemon {

struct CaptureFacts {
    const Capture& capture;
    watcher::FileStat seen{};  // by the look before
    bool is_open = false;      // somebody has it open, where opens are counted
    /// Of no_memory: other contents may go soon.
    bool may_find_room = false;
    ipc::Record record{};
};

/// Setbacks::on_capture has been called.
Verdict
decide_capture(Work& work, const CaptureFacts& facts, const ServePolicy& policy, const Moment& now);

/// All events that were queued until the copy was made have been noted.
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
