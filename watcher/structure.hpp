// Directories that come and go: keeps the table right and says what is gone.
#pragma once

#include "watcher/tree_state.hpp"

#include <string_view>

namespace treecast::watcher {

/// A directory opened for reading, with its watch in place.
struct OpenedDirectory {
    UniqueFd fd;
    bool replaced = false;  // it is another directory than the one known under this path
    bool other_device = false;
    std::uint64_t known_device = 0;
};

/// Watches the real directory and opens it, in one: what happens to its names from then on is
/// reported. Where no watch can be had, it is opened all the same and marked as unwatched. ENODEV:
/// a filesystem that was mounted there is gone.
Result<OpenedDirectory> open_watched(TreeState& state, DirectoryId real);

/// `name` in the directory `parent` (any name of a real directory) is shown: adds it, reached
/// through a link or not, and queues it. An existing one stays, and is queued only if `again`.
/// Returns no_directory if there are too many paths through links.
DirectoryId add_directory(TreeState& state, DirectoryId parent, std::string_view name, bool again);

/// `name` in the real directory `parent` is no longer the directory it was, if it was one.
void drop_directory(
    TreeState& state,
    DirectoryId parent,
    std::string_view name,
    Findings& findings
);

/// Whatever may be known below the name is to be looked at, though no directory is known there: one
/// may have come and gone between two readings of events, and somebody have looked into it.
void add_gone(const TreeState& state, const NamePlace& place, Findings& findings);

/// One path by which a directory was served ends: it is ignored now, or its link leads elsewhere.
void drop_name(TreeState& state, DirectoryId id, Findings& findings);

/// Whether the real directory and all above it are on the filesystems they were on when they were
/// read, so that absence below is no mere lack of a filesystem.
bool absence_counts(const TreeState& state, DirectoryId real);

/// Events were lost, or cannot be relied on: everything is to be compared.
void queue_whole_tree(TreeState& state);

/// Accepts whatever devices the directories below are found on next.
void forget_devices_below(TreeState& state, DirectoryId real);

/// Names the file as changed under each path by which its directory is served.
void add_change(
    const TreeState& state,
    const NamePlace& file,
    const Signs& signs,
    const OpenersChange& openers,
    Findings& findings
);

/// Says of each path by which the name is served that it names something else now.
void add_exchange(const TreeState& state, const NamePlace& place, Findings& findings);

/// The links that depend on the name are to be looked at again.
void touch_dependents(TreeState& state, DirectoryId directory, std::string_view name);

/// Names that are no UTF-8 or make a path too long, and files that are no regular files: say so
/// once in the log.
void note_skipped_name(TreeState& state, const std::string& directory, std::string_view name);
void note_special_file(TreeState& state, const std::string& path);
/// Says once in the log that a link is not served, and counts it.
void refuse_link(TreeState& state, const std::string& path, std::string_view reason);

}  // namespace treecast::watcher
