#include "daemon/linked_files.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace treecast::daemon {

void LinkedFiles::watch_opens(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        watcher_.watch_opens(path);
        for (const std::string& sibling : hard_links_.siblings(path))
            watcher_.watch_opens(sibling);
    }
}

void LinkedFiles::update_watches(Clock::time_point now) {
    for (const HardLinks::Watch& watch : hard_links_.take_watches()) {
        if (!watch.on) {
            opening_.erase(watch.path);
            watcher_.unwatch_file(watch.path);
        } else if (intake_.is_foreign(watch.path)) {
            opening_.insert_or_assign(watch.path, Opening());
            open(watch.path);
        } else {
            on_watched(watch.path, watcher_.watch_file(watch.path), now);
        }
    }
}

void LinkedFiles::open(const std::string& path) {
    pool_.submit({.path = path, .purpose = LoadPurpose::watch});
}

void LinkedFiles::on_opened(const LoadResult& result, Clock::time_point now) {
    if (!opening_.contains(result.path))
        return;  // the watch is no longer wanted
    const Look& look = result.look;
    if (look.root_generation != root_.generation()) {
        open(result.path);
        return;
    }
    opening_.erase(result.path);
    std::optional<watcher::FileStat> watched;
    if (look.seen == Seen::file)
        watched = watcher_.watch_file(result.path, look.handle.get(), look.stat);
    on_watched(result.path, watched, now);
}

void LinkedFiles::on_watched(
    const std::string& path,
    const std::optional<watcher::FileStat>& watched,
    Clock::time_point now
) {
    if (hard_links_.confirm_watch(path, watched)) {
        intake_.look_now(path, {now});  // it may have changed before it was watched
        return;
    }
    watcher_.unwatch_file(path);
    if (logged_.is_new(path))
        log::warn("{}: has names elsewhere and cannot be watched itself", path);
}

void LinkedFiles::on_hung(const std::string& path) {
    if (const auto found = opening_.find(path); found != opening_.end())
        found->second.is_hung = true;
}

bool LinkedFiles::is_opening() const {
    return std::ranges::any_of(opening_, [](const auto& each) {
        return !each.second.is_hung;
    });
}

}  // namespace treecast::daemon
