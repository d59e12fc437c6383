// What the reading of a directory makes of its entries, one by one, and of what is missing in the
// end.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/reading.hpp"

namespace treecast::watcher {

/// Lists a file, a directory or what a link leads to; directories are queued.
void add_entry(Reading& reading, const DirectoryEntry& entry);

/// What was known in the directory and is not there any more.
void drop_unlisted(Reading& reading);

}  // namespace treecast::watcher
