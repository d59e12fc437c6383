// Turns the entries of a directory that is being read into its listing, and removes what the
// directory no longer contains. Both functions fill the listing and the findings of a Reading.
#pragma once

#include "watcher/directory_reader.hpp"
#include "watcher/reading.hpp"

namespace treecast::watcher {

/// Lists a file, a directory, or the target of a link. Queues directories for scanning.
void add_entry(Reading& reading, const DirectoryEntry& entry);

/// Removes the directories and links that were known here and are not in the listing. Call it once
/// the directory has been read to its end.
void drop_unlisted(Reading& reading);

}  // namespace treecast::watcher
