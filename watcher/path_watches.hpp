// Watches what the root's path leads through: the directories above the root and the links on the
// way to it. When one of them is renamed, removed or replaced, the path may name another directory.
//
// The directories themselves are watched, not the names in them: whoever works in /tmp wakes
// nobody. What cannot be watched (no right to read it, or the limit) is found by polling alone.
#pragma once

#include "watcher/inotify.hpp"

#include <optional>
#include <string>
#include <vector>

namespace treecast::watcher {

class PathWatches {
public:
    /// Watches what `path` (absolute) leads through now, but for the directory at its end. Returns
    /// the watches that are not needed any more. As long as the path leads nowhere, none is given
    /// up: it may come back as it was.
    std::vector<WatchDescriptor> set(Inotify& inotify, const std::string& path);
    /// Whether the path leads where it led at the last set() as long as no event is queued; but for
    /// mounts, which have no events.
    bool reports_all() const noexcept { return reports_all_; }
    bool contains(WatchDescriptor watch) const noexcept;
    void forget(WatchDescriptor watch);
    /// Takes one watch away for something more important.
    std::optional<WatchDescriptor> evict();
    std::size_t count() const noexcept { return watches_.size(); }

private:
    std::vector<WatchDescriptor> watches_;
    bool reports_all_ = false;
};

}  // namespace treecast::watcher
