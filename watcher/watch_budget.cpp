#include "watcher/watch_budget.hpp"

#include "base/units.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <utility>

#include <sys/stat.h>

namespace treecast::watcher {

namespace {

/// Releases another watch to make room for a directory's. False if there is none to release.
bool evict_watch(TreeState& state) {
    auto given = state.file_watches.evict();
    if (!given)
        given = state.path_watches.evict();
    if (given)
        release_watch(state, *given);
    return given.has_value();
}

std::optional<FileStat> stat_of(const TreeState& state, const std::string& path, UniqueFd& file) {
    auto opened = state.root.open_path(path);
    struct stat status {};
    if (opened.has_error() || ::fstat(opened->get(), &status) != 0)
        return std::nullopt;
    file = std::move(*opened);
    return file_stat_of(status);
}

std::uint64_t number_in(const char* path) {
    std::uint64_t number = 0;
    std::ifstream(path) >> number;
    return number;
}

/// Advice on the limit's new value. It suffices for our watches, for those of this user's other
/// programs (the limit was reached although we have fewer) and for growth.
std::string advice(const TreeState& state, std::uint64_t unwatched) {
    const std::uint64_t here = number_in("/proc/sys/user/max_inotify_watches");
    const std::uint64_t everywhere = number_in("/proc/sys/fs/inotify/max_user_watches");
    const bool is_namespaced = here != 0 && here < everywhere;
    const std::uint64_t limit = is_namespaced ? here : everywhere;
    const std::uint64_t needed = state.watches.count() + state.file_watches.count() + unwatched;
    std::string words = "raise the limit with 'sysctl fs.inotify.max_user_watches=" +
                        std::to_string(std::max(limit + 2 * unwatched, 2 * needed)) + "'";
    if (is_namespaced)
        words += " (here it is user.max_inotify_watches of the user namespace that is lower)";
    return words;
}

}  // namespace

bool is_watch_limit(const ErrorCode& error) noexcept {
    return error.value() == ENOSPC || error.value() == ENOMEM;
}

void release_watch(TreeState& state, WatchDescriptor watch) {
    if (!state.watches.has(watch) && state.file_watches.paths_of(watch) == nullptr &&
        state.mounted_files.paths_of(watch) == nullptr && !state.path_watches.contains(watch))
        state.inotify.remove(watch);
}

Result<WatchDescriptor> watch_directory(TreeState& state, int fd, bool opens) {
    auto watch = state.inotify.watch_directory(fd, opens);
    while (watch.has_error() && is_watch_limit(watch.error()) && evict_watch(state))
        watch = state.inotify.watch_directory(fd, opens);
    return watch;
}

void report_opens(TreeState& state, DirectoryId real) {
    if (state.watches.reports_opens(real))
        return;
    state.watches.set_reports_opens(real);
    if (state.watches.of(real) == no_watch)
        return;  // takes effect once it gets a watch
    const auto directory = state.root.open_directory(state.tree.path(real));
    if (directory)
        static_cast<void>(state.inotify.watch_directory(directory->get(), true));
}

void watch_root_path(TreeState& state) {
    if (state.health.unwatched_count() != 0)
        return;
    for (const WatchDescriptor unused :
         state.path_watches.set(state.inotify, state.root.absolute_path()))
        release_watch(state, unused);
}

std::optional<FileStat> watch_file_or_poll(
    TreeState& state,
    const std::string& path,
    int fd,
    const FileStat& stat,
    bool opens
) {
    // Directories come first: while one lacks a watch, files do not get any.
    const bool is_at_limit = state.health.unwatched_count() != 0;
    const auto watch = is_at_limit ? Result<WatchDescriptor>(system_error(ENOSPC))
                                   : state.inotify.watch_file(fd, opens);
    if (!watch && !is_watch_limit(watch.error()))
        return std::nullopt;
    const auto unused =
        watch ? state.file_watches.set(path, *watch) : state.file_watches.set_unwatched(path, stat);
    if (unused)
        release_watch(state, *unused);
    return stat;
}

void queue_unwatched_files(TreeState& state) {
    const auto paths = state.file_watches.unwatched();
    state.due_files.assign(paths.begin(), paths.end());
    state.file_limit_met = false;
}

bool poll_due_file(TreeState& state, Findings& findings) {
    if (state.due_files.empty())
        return false;
    const std::string path = std::move(state.due_files.front());
    state.due_files.pop_front();
    if (!state.file_watches.is_unwatched(path))
        return true;
    UniqueFd file;
    std::optional<WatchDescriptor> watched;
    auto stat = stat_of(state, path, file);
    if (stat && !state.file_limit_met && state.health.unwatched_count() == 0) {
        if (const auto watch =
                state.inotify.watch_file(file.get(), !state.leases.reach(stat->owner))) {
            watched = *watch;
            stat = stat_of(state, path, file);  // again, since it may have changed before the watch
        } else {
            state.file_limit_met = is_watch_limit(watch.error());
        }
    }
    if (state.file_watches.note_seen(path, stat))
        findings.changes.add(path, {.attributes = true});
    if (watched)
        if (const auto unused = state.file_watches.set(path, *watched))
            release_watch(state, *unused);
    return true;
}

std::string describe_unwatched(const TreeState& state) {
    const std::uint64_t directories = state.health.unwatched_count();
    const std::uint64_t files = state.file_watches.unwatched_count();
    if (directories + files == 0)
        return {};
    std::string words;
    if (directories != 0)
        words = counted(directories, "directory", "directories");
    if (files != 0)
        words += (words.empty() ? "" : " and ") + counted(files, "file", "files");
    words += directories + files == 1 ? " has no inotify watch and is polled"
                                      : " have no inotify watch and are polled";
    return words + "; " + advice(state, directories + files);
}

}  // namespace treecast::watcher
