// One look at a path: its type, its stat, and a descriptor that pins the file.
#pragma once

#include "base/unique_fd.hpp"
#include "watcher/file_stat.hpp"
#include "watcher/tree_root.hpp"

#include <string_view>

namespace treecast::daemon {

enum class Seen {
    absent,  // ENOENT, ENOTDIR or ELOOP below a live root, or a refused link
    directory,
    special,  // FIFO, socket or device
    file,
    trouble,  // any other error: proves nothing, so what is published stays
};

struct Look {
    Seen seen = Seen::trouble;
    watcher::FileStat stat;             // of a file
    UniqueFd handle;                    // O_PATH, of a file
    ErrorCode error;                    // of trouble
    std::uint64_t root_generation = 0;  // of the tree in which it was made
};

/// Thread safe. May block as long as the filesystem does.
Look look_at(const watcher::TreeRoot& root, std::string_view path);

}  // namespace treecast::daemon
