#include "daemon/verdict_log.hpp"

#include "base/log.hpp"
#include "base/units.hpp"

namespace treecast::daemon {

void log_wait(const Work& work, const Wait& wait, const watcher::FileStat& stat) {
    switch (wait.reason) {
        case WaitReason::unseen:
        case WaitReason::unreadable:
            log::warn(
                "{}: {}; what is published stays, trying again",
                work.path,
                work.setbacks.error.message()
            );
            return;
        case WaitReason::no_room:
            log::error(
                "{}: no shared memory for its {}; trying again",
                work.path,
                counted(stat.size, "byte", "bytes")
            );
            return;
        case WaitReason::unsteady:
            log::warn("{}: each reading gives something else; trying again", work.path);
            return;
        default:
            return;
    }
}

}  // namespace treecast::daemon
