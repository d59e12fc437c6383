// Passes what a look found under one name of a file on to its other names, since a change through
// one name changes all. Pure bookkeeping.
#pragma once

#include "daemon/hard_links.hpp"
#include "daemon/work_list.hpp"

namespace treecast::daemon {

/// The look at `work` has found a file. Schedules looks at those of its other names that may have
/// missed a change. They count as noted when `work` was, so that a sync that waits for `work` waits
/// for them too.
void note_other_names(
    Work& work,
    const watcher::FileStat& stat,
    bool through_link,
    HardLinks& hard_links,
    WorkList& works,
    Clock::time_point now
);

}  // namespace treecast::daemon
