// Whether a record is of a file that is published, and whether it has a file's stat. Pure.
#pragma once

#include "ipc/catalog_record.hpp"
#include "watcher/file_stat.hpp"

namespace treecast::daemon {

/// Whether the file is published, and not as deleted.
bool is_known(const ipc::Record& record);

/// Whether the record has this stat, the mode aside.
bool same_stat(const ipc::Record& record, const watcher::FileStat& stat);

/// Whether the record is known and has this stat, with its mode.
bool agrees_with(const ipc::Record& record, const watcher::FileStat& stat);

}  // namespace treecast::daemon
