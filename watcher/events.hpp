// From events to what changed: keeps the tree of directories in step and collects findings.
#pragma once

#include "watcher/structure.hpp"

#include <cstddef>
#include <span>

namespace treecast::watcher {

/// Takes bytes as inotify gave them. Names that came or went, and links, are left to
/// refresh_touched_names.
void apply_events(TreeState& state, std::span<const std::byte> bytes, Findings& findings);

}  // namespace treecast::watcher
