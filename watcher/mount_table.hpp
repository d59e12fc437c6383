// Where something is mounted, as the kernel tells it: no event of inotify tells that it changes.
#pragma once

#include "base/unique_fd.hpp"
#include "watcher/known_mounts.hpp"

#include <set>
#include <string>
#include <string_view>

namespace treecast::watcher {

/// Of the lines of /proc/self/mountinfo (proc(5)) those mount points that `directory` is, lies
/// below, or has below it; not "/", which is always one. PURE. What is no line of that file is
/// passed over.
std::set<std::string> mount_points_around(std::string_view mountinfo, std::string_view directory);

class MountTable {
public:
    MountTable();

    /// Whether anything was mounted or unmounted anywhere since the last call; true at the first.
    /// One system call. Whoever looked at a path before and gets false here saw what the points
    /// read last say.
    bool has_news();
    /// Whether has_news() would say so, which it still does, or `events` can be read. One system
    /// call.
    bool has_news_or(int events);

    /// None where /proc does not give them.
    std::set<std::string> points_around(const std::string& directory) const;

    /// Never waits for a filesystem on a network. `listed`: the table has the point, which counts
    /// where the kernel does not say itself what a mount is (before Linux 5.8).
    PointSight look_at(const std::string& point, bool listed) const;

private:
    UniqueFd fd_;
    UniqueFd top_;  // of this process' files
    bool known_ = false;
    bool has_news_ = false;  // the kernel tells it once
};

}  // namespace treecast::watcher
