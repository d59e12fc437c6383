// Applies inotify events: updates the tree of directories and collects the changes as findings.
#pragma once

#include "watcher/structure.hpp"

#include <cstddef>
#include <span>

namespace treecast::watcher {

/// `bytes` are whole events as read(2) returned them from inotify. Names that appeared or vanished,
/// and links that depend on them, only become `touched`: refresh_touched_names() processes them.
void apply_events(TreeState& state, std::span<const std::byte> bytes, Findings& findings);

}  // namespace treecast::watcher
