#include "watcher/file_watches.hpp"

namespace treecast::watcher {

std::optional<WatchDescriptor> FileWatches::set(const std::string& path, WatchDescriptor watch) {
    if (const auto known = watches_.find(path); known != watches_.end() && known->second == watch)
        return std::nullopt;
    const auto unused = erase(path);
    watches_[path] = watch;
    paths_[watch].push_back(path);
    return unused;
}

std::optional<WatchDescriptor> FileWatches::erase(const std::string& path) {
    const auto known = watches_.find(path);
    if (known == watches_.end())
        return std::nullopt;
    const WatchDescriptor watch = known->second;
    watches_.erase(known);
    const auto paths = paths_.find(watch);
    std::erase(paths->second, path);
    if (!paths->second.empty())
        return std::nullopt;
    paths_.erase(paths);
    return watch;
}

void FileWatches::forget(WatchDescriptor watch) {
    const auto paths = paths_.find(watch);
    if (paths == paths_.end())
        return;
    for (const std::string& path : paths->second)
        watches_.erase(path);
    paths_.erase(paths);
}

const std::vector<std::string>* FileWatches::paths_of(WatchDescriptor watch) const {
    const auto paths = paths_.find(watch);
    return paths == paths_.end() ? nullptr : &paths->second;
}

}  // namespace treecast::watcher
