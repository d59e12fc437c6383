// Reads the .treecastignore of a directory.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/tree_state.hpp"

namespace treecast::watcher {

/// `entries` are what has just been read of the directory `id`; they are rewound. Rules that cannot
/// be read stay as they were.
void read_ignore_file(TreeState& state, DirectoryId id, DirectoryReader& entries);

}  // namespace treecast::watcher
