// Queries on the known mount points around the root, and notes for mount_keeper.hpp.
#pragma once

#include "watcher/tree_state.hpp"

#include <string>
#include <string_view>

namespace treecast::watcher {

/// The absolute path of `path` below the root.
std::string absolute(const std::string& root, std::string_view path);
/// A mount point's path below the root; "" for one at or above the root, which concerns the whole
/// tree.
std::string path_in_tree(const std::string& root, const std::string& point);
/// Whether unique ids from the kernel prove that each mount is the same as before.
bool are_proved(const KnownMounts& known);

/// Whether something is mounted at `path`, which has no links.
bool is_mount_point(const TreeState& state, std::string_view path);

/// Forgets the mount points at or below a name in a real directory, because the name was removed or
/// now names something else. They do not count as lost.
void remove_points(TreeState& state, const NamePlace& place);

/// Whether `path`, without links, only shows what a lost mount had covered.
bool lies_in_lost_mount(const TreeState& state, std::string_view path);

/// The same for any step of a path that may lead through links.
bool leads_into_lost_mount(const TreeState& state, std::string_view path);

/// The open found another directory than the known one. If it is a mount point without a unique id
/// to prove it, marks it so that its content is read, since stats prove nothing. If not, returns
/// false.
bool note_other_directory(TreeState& state, DirectoryId real);

/// Whether the mount point has been empty since it was mounted. An empty filesystem may be in place
/// of one that failed to mount.
bool is_unproved_mount(const TreeState& state, DirectoryId real);

void doubt_mount(TreeState& state, DirectoryId real);

void note_proved_mount(TreeState& state, DirectoryId real);

}  // namespace treecast::watcher
