// Reads the mount points from the kernel, and detects when they change: inotify does not report it.
#pragma once

#include "base/unique_fd.hpp"
#include "watcher/known_mounts.hpp"

#include <set>
#include <string>
#include <string_view>

namespace treecast::watcher {

/// Parses /proc/self/mountinfo (proc(5)). Returns the mount points at, above and below `directory`,
/// without "/", which is always one. Skips malformed lines. No I/O.
std::set<std::string> mount_points_around(std::string_view mountinfo, std::string_view directory);

class MountTable {
public:
    MountTable();

    /// Whether anything was mounted or unmounted anywhere since the last call; true at the first.
    /// One system call. If it is false, a path that was read before this call was read under the
    /// mounts that points_around() last returned.
    bool has_news();
    /// Whether has_news() would return true, or `events` is readable. Does not reset has_news().
    /// One system call.
    bool has_news_or(int events);

    /// Empty if /proc cannot be read.
    std::set<std::string> points_around(const std::string& directory) const;

    /// Looks at a mount point without waiting for a network filesystem. `listed`: whether the table
    /// has the point. It decides where the kernel does not report whether a path is a mount (before
    /// Linux 5.8).
    PointSight look_at(const std::string& point, bool listed) const;

private:
    UniqueFd fd_;
    UniqueFd top_;  // "/" as this process sees it
    bool known_ = false;
    bool has_news_ = false;  // kept here, since the kernel reports a change once
};

}  // namespace treecast::watcher
