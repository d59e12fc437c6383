#include "watcher/path_watches.hpp"

#include <treecast/limits.hpp>
#include <treecast/unique_fd.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr unsigned links_max = 40;  // as the kernel

/// Components to walk, the next one last.
using Components = std::vector<std::string>;

void put_in_front(Components& components, std::string_view path) {
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

/// False if the path leads nowhere.
bool watch_along(Inotify& inotify, const std::string& path, std::vector<WatchDescriptor>& found) {
    Components components;
    put_in_front(components, path);
    UniqueFd directory = open_place(AT_FDCWD, "/");
    unsigned links = 0;
    while (directory && !components.empty()) {
        const std::string name = std::exchange(components.back(), {});
        components.pop_back();
        UniqueFd next = open_place(directory.get(), name);
        struct stat status {};
        if (!next || ::fstat(next.get(), &status) != 0)
            return false;
        const bool is_link = S_ISLNK(status.st_mode);
        if (is_link || !components.empty()) {
            if (const auto watch = inotify.watch_place(next.get()))
                found.push_back(*watch);
        }
        if (!is_link) {
            directory = std::move(next);
            continue;
        }
        const auto target = target_of(next.get());
        if (!target || ++links > links_max)
            return false;
        put_in_front(components, *target);
        if (target->starts_with('/'))
            directory = open_place(AT_FDCWD, "/");
    }
    return static_cast<bool>(directory);
}

}  // namespace

std::vector<WatchDescriptor> PathWatches::set(Inotify& inotify, const std::string& path) {
    std::vector<WatchDescriptor> found;
    const bool leads = watch_along(inotify, path, found);
    if (!leads)
        found.insert(found.end(), watches_.begin(), watches_.end());
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<WatchDescriptor> unused;
    std::ranges::set_difference(watches_, found, std::back_inserter(unused));
    watches_ = std::move(found);
    return unused;
}

bool PathWatches::contains(WatchDescriptor watch) const noexcept {
    return std::ranges::binary_search(watches_, watch);
}

void PathWatches::forget(WatchDescriptor watch) {
    std::erase(watches_, watch);
}

std::optional<WatchDescriptor> PathWatches::give_up() {
    if (watches_.empty())
        return std::nullopt;
    const WatchDescriptor watch = watches_.back();
    watches_.pop_back();
    return watch;
}

}  // namespace treecast::watcher
