// What a look at one name of a file means for its other names: a change through one is a change of
// all. Pure bookkeeping.
#pragma once

#include "daemon/hard_links.hpp"
#include "daemon/work_list.hpp"

namespace treecast::daemon {

/// The look at `work` has found a file: its other names are noted to be looked at now, as far as
/// they may not have been told. As old as the work itself, so that who waits for it waits for them.
void note_other_names(
    Work& work,
    const watcher::FileStat& stat,
    bool through_link,
    HardLinks& hard_links,
    WorkList& works,
    Clock::time_point now
);

}  // namespace treecast::daemon
