// What is known of the mount points at and below the root: questions, and notes for the keeper of
// the mounts (mount_keeper.hpp).
#pragma once

#include "watcher/tree_state.hpp"

#include <string>
#include <string_view>

namespace treecast::watcher {

/// The absolute path of `path` below the root.
std::string absolute(const std::string& root, std::string_view path);
/// The path below the root of a mount point; "" for one at or above the root, which concerns all of
/// the tree.
std::string path_in_tree(const std::string& root, const std::string& point);
/// Whether the kernel's own numbers prove that each mount is the one that it was.
bool are_proved(const KnownMounts& known);

/// Whether something is mounted at `path`, which has no links.
bool is_mount_point(const TreeState& state, std::string_view path);

/// The name in a real directory was seen to go, or to become another's: what was a mount point at
/// or below it is none any more, and nothing is lost.
void remove_points(TreeState& state, const NamePlace& place);

/// Whether what `path`, without links, names now is only what a lost mount had covered.
bool lies_in_lost_mount(const TreeState& state, std::string_view path);

/// The same for a path through links: whether any step of it is.
bool leads_into_lost_mount(const TreeState& state, std::string_view path);

/// The directory has been opened as another one than was known there: what is below a mount point
/// is to be read by content then, since its stats prove nothing. False if it is none.
bool note_other_directory(TreeState& state, DirectoryId real);

/// An empty filesystem may stand in for one that did not come: true for a mount point that nothing
/// has been found in since it was mounted.
bool is_unproved_mount(const TreeState& state, DirectoryId real);

void doubt_mount(TreeState& state, DirectoryId real);

void note_proved_mount(TreeState& state, DirectoryId real);

}  // namespace treecast::watcher
