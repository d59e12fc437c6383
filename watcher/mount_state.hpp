// What the watcher knows of mounts.
#pragma once

#include "watcher/known_mounts.hpp"
#include "watcher/mount_table.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace treecast::watcher {

struct MountState {
    explicit MountState(std::vector<Mount> remembered) : known(std::move(remembered)) {}

    MountTable table;
    KnownMounts known;
    std::set<std::string> listed;  // the points around the root, as last read
    bool in_doubt = true;          // to be looked at although the kernel has no news
    bool unsaved = false;          // others than those that are remembered
    bool root_is_other = false;    // the root's own mount, since the root was opened
    /// Paths below the root, without links: to be read by content.
    std::vector<std::string> doubtful;
    /// Mount points, as paths below the root, in which nothing has been found since they were seen.
    std::set<std::string> unproved;
};

}  // namespace treecast::watcher
