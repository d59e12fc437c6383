#include "watcher/mount_points.hpp"

#include "base/tree_path.hpp"
#include "watcher/link_walk.hpp"

#include <algorithm>

#include <sys/stat.h>

namespace treecast::watcher {

std::string absolute(const std::string& root, std::string_view path) {
    if (path.empty())
        return root;
    return (root == "/" ? root : root + '/') + std::string(path);
}

std::string path_in_tree(const std::string& root, const std::string& point) {
    if (is_at_or_below(root, point))
        return {};
    return point.substr(root == "/" ? 1 : root.size() + 1);
}

bool are_proved(const KnownMounts& known) {
    const auto mounts = known.all();
    return std::ranges::none_of(mounts, [](const Mount& mount) {
        return mount.unique_id == 0;
    });
}

void remove_points(TreeState& state, const NamePlace& place) {
    MountState& mounts = state.mounts;
    if (!mounts.known.any_inside())
        return;
    const std::string path = join(state.tree.path(place.directory), place.name);
    if (!mounts.known.forget_below(absolute(state.root.real_path(), path)))
        return;
    mounts.in_doubt = true;  // the mounts may still exist, there or elsewhere
    mounts.unsaved = true;
}

bool lies_in_lost_mount(const TreeState& state, std::string_view path) {
    return state.mounts.known.any_lost() &&
           state.mounts.known.is_lost(absolute(state.root.real_path(), path));
}

bool leads_into_lost_mount(const TreeState& state, std::string_view path) {
    if (!state.mounts.known.any_lost())
        return false;
    LinkWalk walk("", path);
    while (!walk.outcome()) {
        const std::string at = join(walk.directory(), walk.name());
        if (lies_in_lost_mount(state, at))
            return true;
        const auto found = state.root.status(at);
        if (found.has_error())
            return false;
        if (S_ISDIR(found->st_mode)) {
            walk.found_directory();
        } else if (S_ISLNK(found->st_mode)) {
            const auto target = state.root.link_target(at);
            if (target.has_error())
                return false;
            walk.found_link(*target);
        } else {
            walk.found_file();
        }
    }
    return false;
}

bool note_other_directory(TreeState& state, DirectoryId real) {
    MountState& mounts = state.mounts;
    const std::string path = state.tree.path(real);
    if (!is_mount_point(state, path) || are_proved(mounts.known))
        return false;
    mounts.doubtful.push_back(path);
    return true;
}

bool is_mount_point(const TreeState& state, std::string_view path) {
    return !state.mounts.known.empty() &&
           state.mounts.known.is_point(absolute(state.root.real_path(), path));
}

bool is_unproved_mount(const TreeState& state, DirectoryId real) {
    return !state.mounts.unproved.empty() && state.mounts.unproved.contains(state.tree.path(real));
}

void doubt_mount(TreeState& state, DirectoryId real) {
    state.mounts.unproved.insert(state.tree.path(real));
    state.health.set_device(real, 0);  // only the receiver knows whether something is missing
}

void note_proved_mount(TreeState& state, DirectoryId real) {
    if (!state.mounts.unproved.empty())
        state.mounts.unproved.erase(state.tree.path(real));
}

}  // namespace treecast::watcher
