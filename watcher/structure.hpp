// Updates the tree of directories when they appear and vanish, and reports those that are gone.
#pragma once

#include "watcher/tree_state.hpp"

#include <string_view>

namespace treecast::watcher {

/// A directory opened for reading. It has its watch, unless it is marked as unwatched.
struct OpenedDirectory {
    UniqueFd fd;
    bool replaced = false;  // it is another directory than the one known under this path
    bool other_device = false;
    std::uint64_t known_device = 0;
};

/// Opens the real directory and watches what it opened, so that events report each change of its
/// names after this call. Without a watch the directory is opened too, and marked as unwatched.
/// ENODEV: a filesystem that was mounted there, or above it, is gone.
Result<OpenedDirectory> open_watched(TreeState& state, DirectoryId real);

/// Adds the shown directory `name` of `parent` and queues it. `parent` is any name of a real
/// directory, so the path may lead through a link. A known directory stays, and is queued only if
/// `again`. Returns no_directory if there are too many paths through links.
DirectoryId add_directory(TreeState& state, DirectoryId parent, std::string_view name, bool again);

/// Removes the directory that `name` in the real directory `parent` no longer names, if one is
/// known, and reports it as gone under each of its paths.
void drop_directory(
    TreeState& state,
    DirectoryId parent,
    std::string_view name,
    Findings& findings
);

/// Reports the name as a gone directory although no directory is known there. One may have appeared
/// and vanished between two reads of events, and the receiver may have seen its files.
void add_gone(const TreeState& state, const NamePlace& place, Findings& findings);

/// Ends one path by which a directory was served: it is ignored now, or its link leads elsewhere.
void drop_name(TreeState& state, DirectoryId id, Findings& findings);

/// Whether the root is there, and the directory and all above it are on the filesystems that they
/// were on when they were read. Only then does a missing file below mean a deletion.
bool absence_counts(const TreeState& state, DirectoryId real);

/// Queues the whole tree for a scan that compares, since events were lost or are not reliable.
void queue_whole_tree(TreeState& state);

/// Forgets the devices of the directories below, so that the next scan accepts any.
void forget_devices_below(TreeState& state, DirectoryId real);

/// Reports the file as changed under each path by which its directory is served.
void add_change(
    const TreeState& state,
    const NamePlace& file,
    const Signs& signs,
    const OpenersChange& openers,
    Findings& findings
);

/// Reports, for each path by which the name is served, that it names something else now.
void add_exchange(const TreeState& state, const NamePlace& place, Findings& findings);

/// Marks the links that depend on the name, so that they are resolved again.
void touch_dependents(TreeState& state, DirectoryId directory, std::string_view name);

/// Counts a name that is not UTF-8 or makes a path too long, and logs it once.
void note_skipped_name(TreeState& state, const std::string& directory, std::string_view name);
/// Logs once that a file is not a regular file.
void note_special_file(TreeState& state, const std::string& path);
/// Counts a link that is not served, and logs it once.
void refuse_link(TreeState& state, const std::string& path, std::string_view reason);

}  // namespace treecast::watcher
