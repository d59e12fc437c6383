#include "watcher/known_mounts.hpp"

#include <algorithm>
#include <utility>

namespace treecast::watcher {

bool is_at_or_below(std::string_view path, std::string_view directory) noexcept {
    if (directory == "/")
        return path.starts_with('/');
    return path.starts_with(directory) &&
           (path.size() == directory.size() || path[directory.size()] == '/');
}

MountFate fate_of(const Mount& known, const PointSight& now) {
    if (now.kind == PointSight::Kind::unknown)
        return MountFate::unknown;
    if (now.kind == PointSight::Kind::missing)
        return MountFate::removed;
    const bool is_same = known.device == now.device && known.inode == now.inode;
    if (now.is_mount)
        return is_same ? MountFate::in_place : MountFate::replaced;
    return is_same ? MountFate::dissolved : MountFate::lost;
}

KnownMounts::KnownMounts(std::vector<Mount> remembered) {
    for (Mount& mount : remembered) {
        const std::string point = mount.point;
        mounts_.insert_or_assign(point, Known{.mount = std::move(mount)});
    }
    inside_count_ = mounts_.size();
}

KnownMounts::Changes KnownMounts::update(const std::set<std::string>& listed, const Look& look) {
    Changes changes;
    // The map's order puts a point before those below it.
    for (auto at = mounts_.begin(); at != mounts_.end();) {
        Known& known = at->second;
        const auto slash = at->first.rfind('/');
        if (slash != at->first.npos && is_lost(std::string_view(at->first).substr(0, slash))) {
            changes.any = changes.any || !known.lost;
            set_lost(known, true);
            ++at;
            continue;
        }
        const PointSight now = look(at->first);
        const MountFate fate = fate_of(known.mount, now);
        if (fate == MountFate::removed || fate == MountFate::dissolved) {
            changes.any = true;
            at = erase(at);
            continue;
        }
        judge(known, now, fate, changes);
        ++at;
    }
    for (const std::string& point : listed) {
        if (mounts_.contains(point) || is_lost(point))
            continue;
        const PointSight now = look(point);
        if (now.kind != PointSight::Kind::there || !now.is_mount)
            continue;
        const Mount mount{
            .point = point,
            .device = now.device,
            .inode = now.inode,
            .unique_id = now.unique_id};
        mounts_.emplace(point, Known{.mount = mount, .is_directory = now.is_directory});
        if (is_inside(point))
            ++inside_count_;
        changes.any = true;
        changes.doubtful.push_back(point);
    }
    return changes;
}

void KnownMounts::judge(Known& known, const PointSight& now, MountFate fate, Changes& changes) {
    if (fate == MountFate::unknown)
        return;
    const bool was_lost = known.lost;
    const bool is_lost = fate == MountFate::lost;
    set_lost(known, is_lost);
    changes.any = changes.any || was_lost != is_lost || fate == MountFate::replaced;
    if (is_lost)
        return;
    // An image that replaced another one between two checks may have the same stats.
    const bool is_other_id = known.mount.unique_id != now.unique_id;
    if (was_lost || fate == MountFate::replaced || is_other_id)
        changes.doubtful.push_back(known.mount.point);
    changes.any = changes.any || is_other_id;
    known.mount.device = now.device;
    known.mount.inode = now.inode;
    known.mount.unique_id = now.unique_id;
    known.is_directory = now.is_directory;
}

bool KnownMounts::has_at_or_above(std::string_view path) const {
    return std::ranges::any_of(mounts_, [&](const auto& mount) {
        return is_at_or_below(path, mount.first);
    });
}

bool KnownMounts::is_lost(std::string_view path) const {
    return any_lost() && std::ranges::any_of(mounts_, [&](const auto& mount) {
               return mount.second.lost && is_at_or_below(path, mount.first);
           });
}

std::vector<std::string> KnownMounts::lost_points() const {
    std::vector<std::string> points;
    if (!any_lost())
        return points;
    for (const auto& [point, known] : mounts_) {
        if (known.lost && !is_lost(std::string_view(point).substr(0, point.rfind('/'))))
            points.push_back(point);
    }
    return points;
}

bool KnownMounts::may_be_directory(const std::string& point) const {
    const auto known = mounts_.find(point);
    return known == mounts_.end() || known->second.is_directory;
}

std::vector<std::string> KnownMounts::file_points() const {
    std::vector<std::string> points;
    for (const auto& [point, known] : mounts_) {
        if (!known.is_directory && !known.lost)
            points.push_back(point);
    }
    return points;
}

bool KnownMounts::forget_lost_above(std::string_view path) {
    bool any = false;
    for (auto at = mounts_.begin(); at != mounts_.end();) {
        const bool is_meant = at->second.lost && is_at_or_below(path, at->first);
        any = any || is_meant;
        at = is_meant ? erase(at) : std::next(at);
    }
    return any;
}

bool KnownMounts::forget_lost(const std::string& point) {
    const auto known = mounts_.find(point);
    if (known == mounts_.end() || !known->second.lost)
        return false;
    erase(known);
    return true;
}

bool KnownMounts::forget_below(std::string_view path) {
    bool any = false;
    for (auto at = mounts_.begin(); at != mounts_.end();) {
        const bool is_below = is_at_or_below(at->first, path);
        any = any || is_below;
        at = is_below ? erase(at) : std::next(at);
    }
    return any;
}

void KnownMounts::forget_inside(std::string_view path) {
    for (auto at = mounts_.begin(); at != mounts_.end();)
        at = at->first != path && is_at_or_below(at->first, path) ? erase(at) : std::next(at);
}

void KnownMounts::keep_around(std::string_view path) {
    for (auto at = mounts_.begin(); at != mounts_.end();) {
        const bool concerns = is_at_or_below(at->first, path) || is_at_or_below(path, at->first);
        at = concerns ? std::next(at) : erase(at);
    }
    root_ = path;
    inside_count_ = static_cast<std::size_t>(std::ranges::count_if(mounts_, [&](const auto& mount) {
        return is_inside(mount.first);
    }));
}

std::vector<Mount> KnownMounts::all() const {
    std::vector<Mount> all;
    for (const auto& [point, known] : mounts_)
        all.push_back(known.mount);
    return all;
}

bool KnownMounts::is_inside(std::string_view point) const {
    return point != root_ && is_at_or_below(point, root_);
}

void KnownMounts::set_lost(Known& known, bool lost) {
    if (std::exchange(known.lost, lost))
        --lost_count_;
    if (lost)
        ++lost_count_;
}

KnownMounts::Mounts::iterator KnownMounts::erase(Mounts::iterator at) {
    set_lost(at->second, false);
    if (is_inside(at->first))
        --inside_count_;
    return mounts_.erase(at);
}

}  // namespace treecast::watcher
