// Watches on single files: which paths each concerns, and which files have to do without one. PURE.
//
// A file that is to be watched and has no watch, since the limit is reached, is polled: what it was
// like at the last poll is kept here.
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
    /// A path has one watch, a watch any number of paths (names of one file). Returns a watch that
    /// no path has any more.
    std::optional<WatchDescriptor> set(const std::string& path, WatchDescriptor watch);
    /// The path has to do without a watch. Returns a watch that no path has any more.
    std::optional<WatchDescriptor>
    set_unwatched(const std::string& path, const std::optional<FileStat>& seen);
    std::optional<WatchDescriptor> erase(const std::string& path);
    /// The file is gone, and its watch with it.
    void forget(WatchDescriptor watch);
    /// Takes one watch away for something more important: its paths have to do without. What was
    /// reported through it and not read yet is lost, so nothing counts as seen of them.
    std::optional<WatchDescriptor> evict();

    bool has(const std::string& path) const { return watches_.contains(path); }
    /// nullptr if it is no file's watch.
    const std::vector<std::string>* paths_of(WatchDescriptor watch) const;
    /// None if the path has none.
    std::optional<WatchDescriptor> watch_of(const std::string& path) const;
    /// Paths with a watch.
    std::vector<std::string> paths() const;
    std::size_t count() const noexcept { return watches_.size(); }

    std::size_t unwatched_count() const noexcept { return unwatched_.size(); }
    std::vector<std::string> unwatched() const;
    bool is_unwatched(const std::string& path) const { return unwatched_.contains(path); }
    /// Notes what an unwatched path is like now (none: it cannot be had). True if that is news.
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
