#include "watcher/structure.hpp"

#include "base/log.hpp"
#include "base/tree_path.hpp"
#include "watcher/mount_points.hpp"
#include "watcher/watch_budget.hpp"

#include <boost/system/errc.hpp>

#include <cerrno>
#include <utility>

#include <sys/stat.h>

namespace treecast::watcher {

namespace {

/// A filesystem that was mounted on this directory is gone, and its path now shows what the mount
/// had covered. The change of its device shows that where the mount table did not.
bool mount_is_gone(const TreeState& state, DirectoryId real, std::uint64_t device) {
    const DirectoryTree& tree = state.tree;
    const std::uint64_t known = state.health.device(real);
    return known != 0 && known != device && real != root_directory &&
           device == state.health.device(tree.parent(real)) &&
           !is_mount_point(state, tree.path(real));
}

void watch_opened(TreeState& state, DirectoryId real, OpenedDirectory& opened) {
    DirectoryTree& tree = state.tree;
    const WatchDescriptor old = state.watches.of(real);
    const auto watch = watch_directory(state, opened.fd.get(), state.watches.reports_opens(real));
    if (watch.has_error()) {
        if (!std::exchange(state.watch_limit_met, true))
            log::warn(
                "no inotify watch for {} ({}): directories without one are polled; raise the limit "
                "with 'sysctl fs.inotify.max_user_watches=N'",
                tree.path(real),
                watch.error().message()
            );
        state.watches.set(real, no_watch);
        state.health.set_unwatched(real, true);
        return;
    }
    opened.replaced = old != no_watch && old != *watch;
    state.watches.set(real, *watch);
    state.health.set_unwatched(real, false);
    state.watches.trust(real);
}

}  // namespace

Result<OpenedDirectory> open_watched(TreeState& state, DirectoryId real) {
    OpenedDirectory opened;
    const std::string path = state.tree.path(real);
    if (lies_in_lost_mount(state, path))
        return system_error(ENODEV);
    auto fd = state.root.open_directory(path);
    if (fd.has_error())
        return fd.error();
    opened.fd = std::move(*fd);
    struct stat status {};
    if (::fstat(opened.fd.get(), &status) != 0)
        return last_system_error();
    if (mount_is_gone(state, real, status.st_dev))
        return system_error(ENODEV);
    const WatchDescriptor known_watch = state.watches.of(real);
    if (!state.leases.reach(status.st_uid))  // probably its files are not ours either
        state.watches.set_reports_opens(real);
    watch_opened(state, real, opened);
    opened.known_device = state.health.device(real);
    if (opened.known_device != 0 && !state.health.is_unwatched(real) &&
        state.watches.of(real) != known_watch && note_other_directory(state, real))
        opened.replaced = true;
    if (opened.known_device != status.st_dev) {
        opened.other_device = opened.known_device != 0;
        opened.replaced = opened.replaced || opened.other_device;
        forget_devices_below(state, real);
        state.health.set_device(real, status.st_dev);
    }
    return opened;
}

DirectoryId add_directory(TreeState& state, DirectoryId parent, std::string_view name, bool again) {
    DirectoryTree& tree = state.tree;
    DirectoryId id = tree.child(parent, name);
    const bool is_known = id != no_directory && tree.is_shown(id);
    if (!is_known && !tree.is_alias(parent)) {
        id = tree.add_real(parent, name, true);
    } else if (!is_known) {
        if (state.alias_paths() >= state.alias_paths_max) {
            refuse_link(state, join(tree.path(parent), name), "too many paths through links");
            return no_directory;
        }
        id = tree.add_alias(parent, name, tree.add_real(tree.real(parent), name, false));
    }
    if (!is_known || again)
        state.scans.add(id, true);
    return id;
}

void drop_directory(
    TreeState& state,
    DirectoryId parent,
    std::string_view name,
    Findings& findings
) {
    DirectoryTree& tree = state.tree;
    touch_dependents(state, parent, name);
    const DirectoryId real = tree.child(parent, name);
    if (real == no_directory || tree.is_alias(real))
        return;
    const std::string kept_name(name);
    for (const DirectoryId above : tree.names_of(parent)) {
        const DirectoryId id = tree.child(above, kept_name);
        if (id != no_directory && id != real && tree.is_alias(id))
            drop_name(state, id, findings);
    }
    // If the directory was hidden, the removal of its last alias may have removed it too.
    if (tree.child(parent, kept_name) != real)
        return;
    if (tree.is_shown(real)) {
        state.hiding.forget(tree.path(real));
        findings.add_gone(tree.path(real));
    }
    tree.remove_real(real);
}

void add_gone(const TreeState& state, const NamePlace& place, Findings& findings) {
    for (const DirectoryId above : state.tree.names_of(place.directory))
        findings.add_gone(join(state.tree.path(above), place.name));
}

void drop_name(TreeState& state, DirectoryId id, Findings& findings) {
    state.hiding.forget(state.tree.path(id));
    findings.add_gone(state.tree.path(id));
    if (state.tree.is_alias(id))
        state.tree.remove_alias(id);
    else
        state.tree.hide(id);
}

bool absence_counts(const TreeState& state, DirectoryId real) {
    if (!state.root_trouble.empty() || !state.root.is_alive())
        return false;
    const DirectoryTree& tree = state.tree;
    for (DirectoryId id = real; id != no_directory; id = tree.parent(id)) {
        // Only directories are compared: on an overlay of several filesystems the device of a file
        // is another than that of its directory.
        const auto status = state.root.status(tree.path(id));
        if (status.has_error()) {
            if (status.error() != boost::system::errc::no_such_file_or_directory &&
                status.error() != boost::system::errc::not_a_directory)
                return false;
        } else if (S_ISDIR(status->st_mode) && state.health.device(id) != 0 &&
                   state.health.device(id) != status->st_dev) {
            return false;
        }
    }
    return true;
}

void forget_devices_below(TreeState& state, DirectoryId real) {
    for (const DirectoryId child : state.tree.children(real)) {
        if (state.tree.is_alias(child) || state.health.device(child) == 0)
            continue;
        state.health.set_device(child, 0);
        forget_devices_below(state, child);
    }
}

void add_change(
    const TreeState& state,
    const NamePlace& file,
    const Signs& signs,
    const OpenersChange& openers,
    Findings& findings
) {
    for (const DirectoryId above : state.tree.names_of(file.directory)) {
        const std::string directory = state.tree.path(above);
        if (state.hiding.scope(directory).shows(file.name, false))
            findings.changes.add(join(directory, file.name), signs, openers);
    }
}

void add_exchange(const TreeState& state, const NamePlace& place, Findings& findings) {
    for (const DirectoryId above : state.tree.names_of(place.directory))
        findings.exchanged.push_back(join(state.tree.path(above), place.name));
}

void touch_dependents(TreeState& state, DirectoryId directory, std::string_view name) {
    if (state.links.empty())
        return;
    for (NamePlace& place : state.links.dependents({directory, std::string(name)}))
        state.touched.push_back(std::move(place));
}

void note_skipped_name(TreeState& state, const std::string& directory, std::string_view name) {
    const std::string path = join(directory, name);
    if (!state.logged.is_new("name " + path))
        return;
    ++state.report.skipped_names;
    // The name may hold any bytes, so the log gets it percent-encoded.
    log::warn("name not served, as it is no UTF-8 or too long: {}", percent_encode(path));
}

void note_special_file(TreeState& state, const std::string& path) {
    if (state.logged.is_new("special " + path))
        log::warn("not served, as it is no regular file: {}", path);
}

void refuse_link(TreeState& state, const std::string& path, std::string_view reason) {
    if (!state.logged.is_new("link " + path))
        return;
    ++state.report.refused_links;
    log::warn("link not served: {}: {}", path, reason);
}

void queue_whole_tree(TreeState& state) {
    state.watches.distrust_all();
    state.scans.add(root_directory, true);
}

}  // namespace treecast::watcher
