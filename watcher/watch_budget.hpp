// Who gets a watch when the kernel's limit is reached: directories first, then the files that need
// one of their own. What has to do without is counted, told and polled.
#pragma once

#include "watcher/tree_state.hpp"

#include <optional>
#include <string>

namespace treecast::watcher {

/// Watches the open directory; where the limit is reached, watches of files give way.
Result<WatchDescriptor> watch_directory(TreeState& state, int fd, bool opens);
/// From now on the directory's watch tells of who opens and closes its files.
void tell_opens(TreeState& state, DirectoryId real);
/// Watches what the root's path leads through anew, as long as no directory goes without.
void watch_root_path(TreeState& state);
/// Whether the failure to watch is the limit's, so that it is worth while to poll.
bool is_watch_limit(const ErrorCode& error) noexcept;

/// Removes a watch that one of its users does not need any more, unless another one does.
void release_watch(TreeState& state, WatchDescriptor watch);

/// Watches the file that is open; where the limit is reached, it is polled. What it is like; none
/// if it cannot be watched for another reason.
std::optional<FileStat> watch_file_or_poll(
    TreeState& state,
    const std::string& path,
    int fd,
    const FileStat& stat,
    bool opens
);
/// Queues the files without a watch for a look.
void queue_unwatched_files(TreeState& state);
/// Looks at one of them: watches it if that can be done now, and names it as changed if it is not
/// as it was. False if none is due.
bool look_at_due_file(TreeState& state, Findings& findings);

/// "3 directories and 1 file have no inotify watch ...", with a limit that suffices; empty if all
/// are watched.
std::string words_for_unwatched(const TreeState& state);

}  // namespace treecast::watcher
