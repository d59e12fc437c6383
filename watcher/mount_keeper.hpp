// Notices mounts that came and went, and says what lies below one that is gone.
#pragma once

#include "watcher/structure.hpp"

#include <string>
#include <string_view>

namespace treecast::watcher {

/// Asks the kernel whether anything was mounted or unmounted. True if that concerns the tree: what
/// has been read since the last call may be of neither state, and is queued to be read again.
bool refresh_mounts(TreeState& state);

/// The root has been opened anew; it was at `old_path` before.
void follow_root(TreeState& state, const std::string& old_path);

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
