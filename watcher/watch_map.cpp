#include "watcher/watch_map.hpp"

#include <utility>

namespace treecast::watcher {

void WatchMap::set(DirectoryId directory, WatchDescriptor watch) {
    const WatchDescriptor old = of(directory);
    if (old == watch)
        return;
    if (old != no_watch) {
        const auto place = first_.find(old);
        DirectoryId* link = &place->second;
        while (*link != directory)
            link = &directories_.write(*link).next;
        *link = directories_[directory].next;
        if (place->second == no_directory) {
            first_.erase(place);
            retired_.push_back(old);
        }
    }
    Watched& watched = directories_.write(directory);
    watched.watch = watch;
    watched.next = no_directory;
    if (watch != no_watch) {
        const auto [place, is_new] = first_.try_emplace(watch, directory);
        if (!is_new)
            watched.next = std::exchange(place->second, directory);
    }
}

std::vector<DirectoryId> WatchMap::directories_of(WatchDescriptor watch) const {
    std::vector<DirectoryId> all;
    const auto found = first_.find(watch);
    DirectoryId id = found == first_.end() ? no_directory : found->second;
    for (; id != no_directory; id = directories_[id].next)
        all.push_back(id);
    return all;
}

std::optional<WatchDescriptor> WatchMap::take_retired() {
    while (!retired_.empty()) {
        const WatchDescriptor watch = retired_.back();
        retired_.pop_back();
        // A scan may have found a moved directory at its new place, which uses this watch again.
        if (!first_.contains(watch))
            return watch;
    }
    return std::nullopt;
}

void WatchMap::forget(DirectoryId directory) {
    set(directory, no_watch);
    directories_.forget(directory);
}

}  // namespace treecast::watcher
