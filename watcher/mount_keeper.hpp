// Notices mounts that came and went, and says what lies below one that is gone.
#pragma once

#include "watcher/structure.hpp"

#include <string>
#include <string_view>

namespace treecast::watcher {

/// Asks the kernel whether anything was mounted or unmounted. True if that concerns the tree: what
/// has been read since the last call may be of neither state, and is queued to be read again.
bool refresh_mounts(TreeState& state);

/// The name in a real directory was seen to go, or to become another's: what was a mount point at
/// or below it is none any more, and nothing is lost.
void remove_points(TreeState& state, const NamePlace& place);

/// Whether what `path`, without links, names now is only what a lost mount had covered.
bool lies_in_lost_mount(const TreeState& state, std::string_view path);
/// The same for a path through links: whether any step of it is.
bool leads_into_lost_mount(const TreeState& state, std::string_view path);

/// The root has been opened anew; it was at `old_path` before.
void follow_root(TreeState& state, const std::string& old_path);

/// The directory has been opened as another one than was known there: what is below a mount point
/// is to be read by content then, since its stats prove nothing. False if it is none.
bool note_other_directory(TreeState& state, DirectoryId real);

/// Whether something is mounted at `path`, which has no links.
bool is_mount_point(const TreeState& state, std::string_view path);

/// An empty filesystem may stand in for one that did not come: true for a mount point that nothing
/// has been found in since it was mounted.
bool is_unproved_mount(const TreeState& state, DirectoryId real);
void doubt_mount(TreeState& state, DirectoryId real);
void note_proved_mount(TreeState& state, DirectoryId real);

/// What is lost at `named` is meant to be: a path as the status words it, or an absolute one. False
/// if nothing is lost there.
bool forget_lost(TreeState& state, std::string_view named);

/// The paths to be read by content since the last call, each with what lies below it.
std::vector<std::string> take_doubtful(TreeState& state, Findings& findings);

/// The lost mount points that concern what is served, as paths below the root.
std::vector<std::string> lost_mounts(const TreeState& state);

/// Why what is published below lost mounts stays; empty if none is lost.
std::string words_for_lost_mounts(const TreeState& state);

}  // namespace treecast::watcher
