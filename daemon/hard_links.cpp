#include "daemon/hard_links.hpp"

namespace treecast::daemon {

namespace {

bool holds_the_same(const watcher::FileStat& a, const watcher::FileStat& b) {
    return a.size == b.size && a.mtime_ns == b.mtime_ns && a.mode == b.mode;
}

}  // namespace

HardLinks::Sight
HardLinks::see(std::string_view path, const watcher::FileStat& stat, bool through_link) {
    const Identity identity{stat.device, stat.inode};
    const auto known = known_.find(path);
    const bool is_known = known != known_.end() && known->second.identity() == identity;
    const bool lost_name = is_known && stat.links < groups_.find(identity)->second.links;
    const bool appeared = stat.links > 1 && (!is_known || known->second.in_doubt);
    const Sight sight{.lost_name = lost_name, .appeared = appeared};
    if (known != known_.end() && (!is_known || stat.links < 2))
        forget(path);
    if (stat.links < 2)
        return sight;
    known_.insert_or_assign(std::string(path), Known{.stat = stat});
    Group& group = groups_[identity];
    const bool is_new = group.paths.emplace(path).second;
    const bool was_name = group.names.contains(path);
    if (through_link)
        group.names.erase(std::string(path));
    else
        group.names.emplace(path);
    if (is_new || was_name == through_link || group.links != stat.links) {
        changed_.insert(identity);
        unexplained_.insert(identity);
    } else if (group.has_unknown_names() && group.watched.empty()) {
        changed_.insert(identity);
    }
    group.links = stat.links;
    return sight;
}

void HardLinks::doubt(std::string_view path) {
    if (const auto known = known_.find(path); known != known_.end())
        known->second.in_doubt = true;
}

void HardLinks::forget(std::string_view path) {
    const auto known = known_.find(path);
    if (known == known_.end())
        return;
    const std::string name = known->first;
    const Identity identity = known->second.identity();
    known_.erase(known);
    leave(name, identity);
}

void HardLinks::leave(const std::string& path, Identity identity) {
    const auto found = groups_.find(identity);
    Group& group = found->second;
    group.paths.erase(path);
    group.names.erase(path);
    if (group.watched == path) {
        watches_.push_back({path, false});
        group.watched.clear();
    }
    if (group.paths.empty()) {
        groups_.erase(found);
        changed_.erase(identity);
        unexplained_.erase(identity);
        return;
    }
    // This name may have been counted in place of another name in the tree, for which nobody has
    // searched then.
    changed_.insert(identity);
    unexplained_.insert(identity);
}

std::vector<std::string> HardLinks::siblings(std::string_view path) const {
    std::vector<std::string> others;
    const auto known = known_.find(path);
    if (known == known_.end())
        return others;
    for (const std::string& name : groups_.find(known->second.identity())->second.paths)
        if (name != path)
            others.push_back(name);
    return others;
}

std::vector<std::string> HardLinks::outdated_siblings(std::string_view path) const {
    std::vector<std::string> outdated;
    const auto known = known_.find(path);
    if (known == known_.end())
        return outdated;
    const watcher::FileStat& stat = known->second.stat;
    for (const std::string& name : groups_.find(known->second.identity())->second.paths)
        if (!holds_the_same(known_.find(name)->second.stat, stat))
            outdated.push_back(name);
    return outdated;
}

std::vector<HardLinks::Identity> HardLinks::take_unexplained() {
    std::vector<Identity> files;
    for (const Identity& identity : unexplained_) {
        const auto group = groups_.find(identity);
        if (group != groups_.end() && group->second.has_unknown_names())
            files.push_back(identity);
    }
    unexplained_.clear();
    return files;
}

std::vector<HardLinks::Watch> HardLinks::take_watches() {
    for (const Identity& identity : changed_) {
        Group& group = groups_.find(identity)->second;
        const bool needed = group.has_unknown_names();
        if (needed && group.watched.empty()) {
            group.watched = *(group.names.empty() ? group.paths : group.names).begin();
            watches_.push_back({group.watched, true});
        } else if (!needed && !group.watched.empty()) {
            watches_.push_back({group.watched, false});
            group.watched.clear();
        }
    }
    changed_.clear();
    return std::exchange(watches_, {});
}

bool HardLinks::confirm_watch(
    std::string_view path,
    const std::optional<watcher::FileStat>& watched
) {
    const auto known = known_.find(path);
    if (known == known_.end())
        return false;
    if (watched && known->second.identity() == Identity{watched->device, watched->inode})
        return true;
    groups_.find(known->second.identity())->second.watched.clear();
    return false;
}

}  // namespace treecast::daemon
