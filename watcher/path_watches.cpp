#include "watcher/path_watches.hpp"

#include "base/unique_fd.hpp"

#include <treecast/limits.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr unsigned links_max = 40;  // the kernel's own bound
constexpr std::array<std::uint32_t, 8> remote_filesystems{
    NFS_SUPER_MAGIC,
    SMB_SUPER_MAGIC,
    CIFS_SUPER_MAGIC,
    SMB2_SUPER_MAGIC,
    CEPH_SUPER_MAGIC,
    V9FS_MAGIC,
    AFS_FS_MAGIC,
    FUSE_SUPER_MAGIC,
};

/// The components still to walk, the next one last.
using Components = std::vector<std::string>;

void push_components(Components& components, std::string_view path) {
    Components added;
    while (!path.empty()) {
        const auto slash = path.find('/');
        if (slash != 0)
            added.emplace_back(path.substr(0, slash));
        path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
    }
    components.insert(components.end(), added.rbegin(), added.rend());
}

std::optional<std::string> target_of(int link) {
    std::array<char, path_bytes_max> target{};
    const ssize_t length = ::readlinkat(link, "", target.data(), target.size());
    if (length <= 0 || static_cast<std::size_t>(length) == target.size())
        return std::nullopt;
    return std::string(target.data(), static_cast<std::size_t>(length));
}

UniqueFd open_place(int directory, const std::string& name) {
    return UniqueFd(::openat(directory, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

/// Whether another machine, or a process that serves the filesystem, can rename what lies there
/// without an event here.
bool may_change_unseen(int place) {
    struct statfs filesystem {};
    return ::fstatfs(place, &filesystem) != 0 ||
           std::ranges::find(remote_filesystems, static_cast<std::uint32_t>(filesystem.f_type)) !=
               remote_filesystems.end();
}

struct Walk {
    std::vector<WatchDescriptor> watches;
    bool leads = false;       // the path leads to something
    bool all_watched = true;  // events report every change of what the path leads through
};

Walk watch_along(Inotify& inotify, const std::string& path) {
    Walk walk;
    Components components;
    push_components(components, path);
    UniqueFd directory = open_place(AT_FDCWD, "/");
    unsigned links = 0;
    while (directory && !components.empty()) {
        const std::string name = std::exchange(components.back(), {});
        components.pop_back();
        UniqueFd next = open_place(directory.get(), name);
        struct stat status {};
        if (!next || ::fstat(next.get(), &status) != 0)
            return walk;
        const bool is_link = S_ISLNK(status.st_mode);
        walk.all_watched = walk.all_watched && !may_change_unseen(next.get());
        if (is_link || !components.empty()) {
            if (const auto watch = inotify.watch_place(next.get()))
                walk.watches.push_back(*watch);
            else
                walk.all_watched = false;
        }
        if (!is_link) {
            directory = std::move(next);
            continue;
        }
        const auto target = target_of(next.get());
        if (!target || ++links > links_max)
            return walk;
        push_components(components, *target);
        if (target->starts_with('/'))
            directory = open_place(AT_FDCWD, "/");
    }
    walk.leads = static_cast<bool>(directory);
    return walk;
}

}  // namespace

std::vector<WatchDescriptor> PathWatches::set(Inotify& inotify, const std::string& path) {
    Walk walk = watch_along(inotify, path);
    std::vector<WatchDescriptor>& found = walk.watches;
    if (!walk.leads)
        found.insert(found.end(), watches_.begin(), watches_.end());
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<WatchDescriptor> unused;
    std::ranges::set_difference(watches_, found, std::back_inserter(unused));
    // Something may have been replaced before its watch was in place. Only a second walk that finds
    // the same watches rules that out.
    reports_all_ = walk.leads && walk.all_watched && found == watches_;
    watches_ = std::move(found);
    return unused;
}

bool PathWatches::contains(WatchDescriptor watch) const noexcept {
    return std::ranges::binary_search(watches_, watch);
}

void PathWatches::forget(WatchDescriptor watch) {
    std::erase(watches_, watch);
    reports_all_ = false;
}

std::optional<WatchDescriptor> PathWatches::evict() {
    if (watches_.empty())
        return std::nullopt;
    const WatchDescriptor watch = watches_.back();
    watches_.pop_back();
    reports_all_ = false;
    return watch;
}

}  // namespace treecast::watcher
