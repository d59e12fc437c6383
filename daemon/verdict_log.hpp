// What the log says of a path that has to wait.
#pragma once

#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

namespace treecast::daemon {

/// `stat` is the file's, as last seen.
void log_wait(const Work& work, const Wait& wait, const watcher::FileStat& stat);

}  // namespace treecast::daemon
