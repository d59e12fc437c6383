// One look at a path: what is there now, as a descriptor that keeps it in place, and its stat.
#pragma once

#include "base/unique_fd.hpp"
#include "watcher/file_stat.hpp"
#include "watcher/tree_root.hpp"

#include <string_view>

namespace treecast::daemon {

enum class Seen {
    absent,  // ENOENT or ENOTDIR below a live root, or a link that is refused
    directory,
    special,  // FIFO, socket or device
    file,
    trouble,  // anything else: says nothing about the file; keep what is published
};

struct Look {
    Seen seen = Seen::trouble;
    watcher::FileStat stat;             // of a file
    UniqueFd handle;                    // O_PATH, of a file
    ErrorCode error;                    // of trouble
    std::uint64_t root_generation = 0;  // of the tree that was looked into
};

/// Thread safe. May block as long as the filesystem does.
Look look_at(const watcher::TreeRoot& root, std::string_view path);

}  // namespace treecast::daemon
