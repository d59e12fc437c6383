// Reads the .treecastignore of a directory into the rules of `state.hiding`.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/tree_state.hpp"

namespace treecast::watcher {

/// `entries` holds the entries just read from the directory `id`; this function rewinds it. If the
/// file cannot be read, the known rules stay and the error is logged once.
void read_ignore_file(TreeState& state, DirectoryId id, DirectoryReader& entries);

}  // namespace treecast::watcher
