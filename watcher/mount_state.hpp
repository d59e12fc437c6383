// The watcher's state of mounts.
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
    bool in_doubt = true;          // check the mounts even if the kernel reports no change
    bool unsaved = false;          // they changed since they were last stored
    bool root_is_other = false;    // the root's own mount changed since the root was opened
    /// Paths below the root, without links, whose content must be read.
    std::vector<std::string> doubtful;
    /// Mount points, as paths below the root, that have been empty since they were seen.
    std::set<std::string> unproved;
};

}  // namespace treecast::watcher
