// Logs why a path has to wait.
#pragma once

#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

namespace treecast::daemon {

/// `stat` is the file's last known stat.
void log_wait(const Work& work, const Wait& wait, const watcher::FileStat& stat);

}  // namespace treecast::daemon
