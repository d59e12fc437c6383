// Detects mounts and unmounts, and reports what they put in doubt.
#pragma once

#include "watcher/structure.hpp"

#include <string>
#include <string_view>

namespace treecast::watcher {

/// Checks whether anything was mounted or unmounted. True if that concerns the tree: what was read
/// since the last call may mix both states, and the directories concerned are queued again.
bool refresh_mounts(TreeState& state);

/// Adapts the known mounts after the root was opened anew; it was at `old_path` before.
void follow_root(TreeState& state, const std::string& old_path);

/// Forgets what is lost at `named`, because it was removed on purpose. `named` is a path as the
/// status prints it, or an absolute one. False if nothing is lost there.
bool forget_lost(TreeState& state, std::string_view named);

/// Returns, and clears, the paths at and below which the content must be read, since stat proves
/// nothing there. Includes their other names through links.
std::vector<std::string> take_doubtful(TreeState& state, Findings& findings);

/// The lost mount points that concern what is served, as paths below the root.
std::vector<std::string> lost_mounts(const TreeState& state);

/// One line for the status on why what is published below lost mounts stays; empty if none is lost.
std::string describe_lost_mounts(const TreeState& state);

}  // namespace treecast::watcher
