// Decides what follows from the end of a child of `treecast serve`: another start of it, or the end
// of everything. Pure.
#pragma once

#include "client/processes/child_process.hpp"
#include "client/processes/restart_limit.hpp"

namespace treecast::client {

enum class AfterExit {
    restart,
    refused,  // its configuration is wrong (exit code 2 or 3): another start would not help
    give_up,  // it has died too often
};

/// `was_usable`: the tree could be used before. From then on the configuration is known to be
/// right, and a refusal has a cause that may pass. Counts a restart in `restarts`.
AfterExit decide_restart(
    const ExitStatus& status,
    bool was_usable,
    RestartLimit& restarts,
    RestartLimit::TimePoint now
);

}  // namespace treecast::client
