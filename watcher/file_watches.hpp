// Maps watches on single files to their paths, and lists the files that have no watch because the
// limit is reached. No I/O.
//
// A file without a watch is polled. Its stat at the last poll is kept here.
#pragma once

#include "watcher/file_stat.hpp"
#include "watcher/inotify_event.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace treecast::watcher {

class FileWatches {
public:
    /// A path has one watch. A watch may have several paths: the names of one file. Returns a watch
    /// that no path uses any more.
    std::optional<WatchDescriptor> set(const std::string& path, WatchDescriptor watch);
    /// Marks the path as unwatched, to be polled. Returns a watch that no path uses any more.
    std::optional<WatchDescriptor>
    set_unwatched(const std::string& path, const std::optional<FileStat>& seen);
    /// Returns a watch that no path uses any more.
    std::optional<WatchDescriptor> erase(const std::string& path);
    /// Forgets a watch that the kernel has removed because its file is gone.
    void forget(WatchDescriptor watch);
    /// Releases one watch, to make room for a more important one, and marks its paths as unwatched.
    /// Its queued events are lost, so these paths start without a known stat: the first poll
    /// reports them as changed.
    std::optional<WatchDescriptor> evict();

    bool has(const std::string& path) const { return watches_.contains(path); }
    /// nullptr if the watch is not one of a file.
    const std::vector<std::string>* paths_of(WatchDescriptor watch) const;
    std::optional<WatchDescriptor> watch_of(const std::string& path) const;
    /// The paths that have a watch.
    std::vector<std::string> paths() const;
    std::size_t count() const noexcept { return watches_.size(); }

    std::size_t unwatched_count() const noexcept { return unwatched_.size(); }
    std::vector<std::string> unwatched() const;
    bool is_unwatched(const std::string& path) const { return unwatched_.contains(path); }
    /// Stores the stat of an unwatched path; nullopt if its stat failed. True if it differs from
    /// the one at the last poll.
    bool note_seen(const std::string& path, const std::optional<FileStat>& seen);

private:
    struct Seen {
        bool known = false;
        std::optional<FileStat> stat;
    };
    std::unordered_map<std::string, WatchDescriptor> watches_;
    std::unordered_map<WatchDescriptor, std::vector<std::string>> paths_;
    std::unordered_map<std::string, Seen> unwatched_;
};

}  // namespace treecast::watcher
