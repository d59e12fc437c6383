// Watches what the root's path leads through: the directories above the root and the links on the
// way to it. When one of them is renamed, removed or replaced, the path may name another directory.
//
// It watches the directories themselves, not the names in them: files that come and go in /tmp
// cause no event. A chmod or touch of such a directory does, since attributes are watched: a link
// that a rename replaces causes no other event. inotify then reports a chmod or touch of a file in
// the directory too, with the file's name. Such an event is ignored. Only polling detects changes
// of what cannot be watched, for lack of permission or because the limit is reached.
#pragma once

#include "watcher/inotify.hpp"

#include <optional>
#include <string>
#include <vector>

namespace treecast::watcher {

class PathWatches {
public:
    /// Watches what the absolute `path` leads through now, except the directory at its end. Returns
    /// the watches that are no longer needed. If the path leads nowhere, all watches stay, since
    /// the path may come back as it was.
    std::vector<WatchDescriptor> set(Inotify& inotify, const std::string& path);
    /// Whether an event reports each change of where the path leads. So while no event is queued,
    /// the path leads where it led at the last set(). Mounts are the exception: they have no
    /// events.
    bool reports_all() const noexcept { return reports_all_; }
    bool contains(WatchDescriptor watch) const noexcept;
    void forget(WatchDescriptor watch);
    /// Releases one watch, to make room for a more important one.
    std::optional<WatchDescriptor> evict();
    std::size_t count() const noexcept { return watches_.size(); }

private:
    std::vector<WatchDescriptor> watches_;
    bool reports_all_ = false;
};

}  // namespace treecast::watcher
