// Watches on single files: which paths each concerns. PURE.
#pragma once

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
    std::optional<WatchDescriptor> erase(const std::string& path);
    /// The file is gone, and its watch with it.
    void forget(WatchDescriptor watch);

    /// nullptr if it is no file's watch.
    const std::vector<std::string>* paths_of(WatchDescriptor watch) const;
    std::size_t count() const noexcept { return paths_.size(); }

private:
    std::unordered_map<std::string, WatchDescriptor> watches_;
    std::unordered_map<WatchDescriptor, std::vector<std::string>> paths_;
};

}  // namespace treecast::watcher
