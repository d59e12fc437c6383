#include "watcher/mount_keeper.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"
#include "watcher/mount_points.hpp"
#include "watcher/watch_budget.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/stat.h>

namespace treecast::watcher {

namespace {

/// Watches each mounted file itself: inotify reports a write to it in the directory where it lies
/// outside the mount.
void watch_mounted_files(TreeState& state, const std::string& root) {
    std::vector<std::string> unneeded = state.mounted_files.paths();
    for (const std::string& point : state.mounts.known.file_points()) {
        const std::string path = path_in_tree(root, point);
        std::erase(unneeded, path);
        const auto file = state.root.open_point(path);
        struct stat status {};
        if (path.empty() || file.has_error() || ::fstat(file->get(), &status) != 0 ||
            !S_ISREG(status.st_mode))
            continue;
        const DirectoryId above = state.tree.at_path(parent_of(path));
        const bool opens =
            !state.leases.reach(status.st_uid) ||
            (above != no_directory && state.watches.reports_opens(state.tree.real(above)));
        const auto watch = state.inotify.watch_file(file->get(), opens);
        if (watch.has_error()) {
            if (is_watch_limit(watch.error()))  // then it is polled
                (void)watch_file_or_poll(state, path, file->get(), file_stat_of(status), opens);
            else if (state.logged.is_new("mounted " + path))
                log::warn("/{}: is mounted and cannot be watched itself", path);
            continue;
        }
        if (state.mounted_files.watch_of(path) == *watch)
            continue;
        if (const auto unused = state.mounted_files.set(path, *watch))
            release_watch(state, *unused);
        state.mounts.doubtful.push_back(path);  // it may have changed before it was watched
    }
    for (const std::string& path : unneeded)
        if (const auto unused = state.mounted_files.erase(path))
            release_watch(state, *unused);
}

/// Queues the mount points for scanning, which opens them. On a kernel without unique mount ids,
/// only an open shows whether a mount point is still the directory that is watched.
void queue_points(TreeState& state, const std::string& root) {
    for (const Mount& mount : state.mounts.known.all()) {
        const std::string path = path_in_tree(root, mount.point);
        const DirectoryId id = state.tree.at_path(path);
        if (id == no_directory || state.tree.is_alias(id))
            continue;
        for (const DirectoryId name : state.tree.names_of(id))
            state.scans.add(name, false);
        if (state.health.is_unwatched(id))
            state.mounts.doubtful.push_back(path);
    }
}

}  // namespace

bool refresh_mounts(TreeState& state) {
    MountState& mounts = state.mounts;
    const bool has_news = mounts.table.has_news();
    const bool in_doubt = std::exchange(mounts.in_doubt, false);
    state.root_in_doubt = state.root_in_doubt || has_news;  // its path may lead elsewhere
    if (!has_news && !in_doubt)
        return false;
    const std::string root = state.root.real_path();
    if (mounts.table.look_at(root, true).kind != PointSight::Kind::there) {
        mounts.in_doubt = true;  // a missing root does not mean that the mounts below it are gone
        return false;
    }
    mounts.listed = mounts.table.points_around(root);
    const auto look = [&](const std::string& point) {
        return mounts.table.look_at(point, mounts.listed.contains(point));
    };
    const auto lost_before = mounts.known.lost_points();
    const auto changes = mounts.known.update(mounts.listed, look);
    for (const std::string& point : changes.doubtful) {
        const std::string path = path_in_tree(root, point);
        mounts.root_is_other = mounts.root_is_other || path.empty();
        mounts.doubtful.push_back(path);
        mounts.unproved.insert(path);
    }
    watch_mounted_files(state, root);
    if (const auto lost = mounts.known.lost_points(); lost != lost_before)
        for (const std::string& point : lost)
            if (!std::ranges::binary_search(lost_before, point))
                log::warn("{} is no mount point any more; what is published stays", point);
    if (changes.any) {
        mounts.unsaved = true;
        queue_whole_tree(state);
        return true;
    }
    if (!has_news || mounts.known.empty() || are_proved(mounts.known))
        return false;
    queue_points(state, root);
    return true;
}

void follow_root(TreeState& state, const std::string& old_path) {
    MountState& mounts = state.mounts;
    const std::string path = state.root.real_path();
    // Another directory took the root's place. The mounts in the old one moved away with it.
    if (!std::exchange(mounts.root_is_other, false) && path == old_path)
        mounts.known.forget_inside(path);
    mounts.known.keep_around(path);
    if (mounts.known.has_at_or_above(path))
        mounts.doubtful.emplace_back();
    mounts.in_doubt = true;
    mounts.unsaved = true;
}

namespace {

/// The paths below the root that `named` may mean: an absolute path, or one as the status has it.
std::vector<std::string> paths_named(const TreeState& state, std::string_view named) {
    std::vector<std::string> paths;
    for (const std::string& root : {state.root.real_path(), state.root.absolute_path()})
        if (named.starts_with('/') && is_at_or_below(named, root))
            paths.emplace_back(named.substr(root.size()));
    paths.emplace_back(named == "." ? "" : named);
    for (std::string& path : paths) {
        while (path.starts_with('/'))
            path.erase(0, 1);
        while (path.ends_with('/'))
            path.pop_back();
    }
    return paths;
}

bool forget_empty(TreeState& state, const std::string& path) {
    const DirectoryId id = state.tree.at_path(path);
    if (id == no_directory)
        return false;
    const DirectoryId real = state.tree.real(id);
    if (state.health.error(real) != ENODATA)
        return false;
    state.mounts.unproved.erase(state.tree.path(real));
    state.health.set_device(real, 0);
    return true;
}

bool forget_at(TreeState& state, const std::string& path) {
    KnownMounts& known = state.mounts.known;
    const std::string root = state.root.real_path();
    bool any =
        path.empty() ? known.forget_lost_above(root) : known.forget_lost(absolute(root, path));
    any = forget_empty(state, path) || any;
    if (path.empty() && !state.root_trouble.empty() && (any || state.root_is_empty)) {
        state.root_may_be_empty = true;
        state.root_in_doubt = true;
        any = true;
    }
    if (!any)
        return false;
    if (path.empty())
        state.root_names.clear();
    if (const DirectoryId id = state.tree.at_path(path); id != no_directory) {
        const DirectoryId real = state.tree.real(id);
        state.health.set_device(real, 0);
        forget_devices_below(state, real);
        state.mounts.unproved.erase(state.tree.path(real));
    }
    return true;
}

}  // namespace

bool forget_lost(TreeState& state, std::string_view named) {
    for (const std::string& path : paths_named(state, named)) {
        if (!forget_at(state, path))
            continue;
        log::info("/{} is forgotten: what was lost there is meant to be gone", path);
        state.mounts.in_doubt = true;
        state.mounts.unsaved = true;
        queue_whole_tree(state);
        return true;
    }
    return false;
}

std::vector<std::string> take_doubtful(TreeState& state, Findings& findings) {
    std::vector<std::string> paths;
    for (std::string& path : std::exchange(state.mounts.doubtful, {})) {
        // Adds its other names, through links, and those of what lies below it.
        const DirectoryId top = state.tree.at_path(path);
        std::vector<DirectoryId> below;
        if (top != no_directory && !state.tree.is_alias(top))
            below.push_back(top);
        for (std::size_t i = 0; i < below.size(); ++i) {
            for (const DirectoryId name : state.tree.names_of(below[i]))
                if (state.tree.is_alias(name))
                    paths.push_back(state.tree.path(name));
            for (const NamePlace& link : state.links.dependents_in(below[i]))
                if (state.links.find(link)->kind == LinkKind::file)
                    add_change(state, link, {.closed = true}, {}, findings);
            for (const DirectoryId child : state.tree.children(below[i]))
                if (!state.tree.is_alias(child))
                    below.push_back(child);
        }
        paths.push_back(std::move(path));
    }
    return paths;
}

namespace {

/// Whether the mount point concerns anything that is served.
bool is_served(const TreeState& state, const std::string& path, bool is_directory) {
    if (state.tree.at_path(path) != no_directory)
        return true;  // shown, or a link leads there
    for (std::string_view at = path; !at.empty(); at = parent_of(at))
        if (!state.hiding.scope(parent_of(at)).shows(name_of(at), is_directory || at != path))
            return false;
    return true;
}

}  // namespace

std::vector<std::string> lost_mounts(const TreeState& state) {
    std::vector<std::string> paths;
    for (const std::string& point : state.mounts.known.lost_points()) {
        std::string path = path_in_tree(state.root.real_path(), point);
        if (is_served(state, path, state.mounts.known.may_be_directory(point)))
            paths.push_back(std::move(path));
    }
    return paths;
}

std::string describe_lost_mounts(const TreeState& state) {
    const auto paths = lost_mounts(state);
    const std::size_t count = paths.size();
    if (count == 0)
        return {};
    const std::string first = '/' + paths.front();
    std::string words = first + " is no mount point any more";
    if (count > 1)
        words += ", nor " + std::string(count == 2 ? "is" : "are") + ' ' +
                 std::to_string(count - 1) + (count == 2 ? " other" : " others");
    return words +
           "; what was published below stays until it is mounted again, its mount point "
           "is removed, or 'treecast forget " +
           first + "' says that it is meant";
}

}  // namespace treecast::watcher
