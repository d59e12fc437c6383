// Assigns watches when the kernel's limit is reached: directories first, then the files that need
// one of their own. What gets none is counted, reported and polled.
#pragma once

#include "watcher/tree_state.hpp"

#include <optional>
#include <string>

namespace treecast::watcher {

/// Watches the open directory. At the limit, releases watches of files or of the root's path.
Result<WatchDescriptor> watch_directory(TreeState& state, int fd, bool opens);
/// Reports opens and closes of the directory's files from now on.
void report_opens(TreeState& state, DirectoryId real);
/// Renews the watches on the root's path, unless a directory lacks a watch.
void watch_root_path(TreeState& state);
/// Whether the watch failed because of the limit: then polling makes sense.
bool is_watch_limit(const ErrorCode& error) noexcept;

/// Removes a watch that one of its users no longer needs, unless another user needs it.
void release_watch(TreeState& state, WatchDescriptor watch);

/// Watches the open file, or polls it at the limit. Returns `stat`, or nullopt if it cannot be
/// watched for another reason.
std::optional<FileStat> watch_file_or_poll(
    TreeState& state,
    const std::string& path,
    int fd,
    const FileStat& stat,
    bool opens
);
/// Queues the files without a watch for a poll.
void queue_unwatched_files(TreeState& state);
/// Polls one of them: watches it if that is possible now, and reports it if its stat has changed.
/// False if none is due.
bool poll_due_file(TreeState& state, Findings& findings);

/// "3 directories and 1 file have no inotify watch ...", with a limit that suffices; empty if all
/// are watched.
std::string describe_unwatched(const TreeState& state);

}  // namespace treecast::watcher
