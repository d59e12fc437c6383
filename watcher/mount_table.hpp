// What is mounted below the root: no event of inotify tells that it changes.
#pragma once

#include <treecast/unique_fd.hpp>

#include <set>
#include <string>
#include <string_view>

namespace treecast::watcher {

/// Of the lines of /proc/self/mountinfo (proc(5)) those mounts whose mount point is `directory` or
/// lies below it, as "ID MOUNTPOINT". PURE. What is no line of that file is passed over.
std::set<std::string> mounts_below(std::string_view mountinfo, std::string_view directory);

class MountTable {
public:
    MountTable();

    /// Whether the mounts below `directory` (absolute) are others than at the last call; false at
    /// the first. One system call as long as nothing is mounted anywhere.
    bool changed_below(const std::string& directory);

private:
    UniqueFd fd_;  // none where /proc does not give it: then nothing ever changes
    bool known_ = false;
    std::string directory_;
    std::set<std::string> mounts_;
};

}  // namespace treecast::watcher
