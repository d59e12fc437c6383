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

std::optional<WatchDescriptor>
FileWatches::set_unwatched(const std::string& path, const std::optional<FileStat>& seen) {
    const auto unused = erase(path);
    unwatched_[path] = {.known = true, .stat = seen};
    return unused;
}

std::optional<WatchDescriptor> FileWatches::erase(const std::string& path) {
    unwatched_.erase(path);
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

std::optional<WatchDescriptor> FileWatches::evict() {
    if (paths_.empty())
        return std::nullopt;
    const auto given = paths_.begin();
    const WatchDescriptor watch = given->first;
    for (const std::string& path : given->second) {
        watches_.erase(path);
        unwatched_[path] = {};
    }
    paths_.erase(given);
    return watch;
}

std::optional<WatchDescriptor> FileWatches::watch_of(const std::string& path) const {
    const auto known = watches_.find(path);
    return known == watches_.end() ? std::nullopt : std::optional(known->second);
}

std::vector<std::string> FileWatches::paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, watch] : watches_)
        paths.push_back(path);
    return paths;
}

const std::vector<std::string>* FileWatches::paths_of(WatchDescriptor watch) const {
    const auto paths = paths_.find(watch);
    return paths == paths_.end() ? nullptr : &paths->second;
}

std::vector<std::string> FileWatches::unwatched() const {
    std::vector<std::string> paths;
    paths.reserve(unwatched_.size());
    for (const auto& [path, seen] : unwatched_)
        paths.push_back(path);
    return paths;
}

bool FileWatches::note_seen(const std::string& path, const std::optional<FileStat>& seen) {
    Seen& before = unwatched_[path];
    if (before.known && before.stat == seen)
        return false;
    before = {.known = true, .stat = seen};
    return true;
}

}  // namespace treecast::watcher
