// One reading of one directory, by one of its names; in parts if the directory is huge.
#pragma once

#include "base/error.hpp"
#include "watcher/structure.hpp"

#include <cstdint>
#include <string>
#include <unordered_set>

namespace treecast::watcher {

struct Reading {
    Reading(
        TreeState& tree_state,
        Findings& found,
        const ScanQueue::Due& due,
        std::uint32_t listing_number
    )
        : state(tree_state),
          findings(&found),
          id(due.id),
          generation(tree_state.tree.generation(due.id)),
          real(tree_state.tree.real(due.id)),
          deep(due.deep),
          number(listing_number) {
        listing.directory = tree_state.tree.path(due.id);
    }

    /// Following one of its links has dropped this very name.
    bool is_dropped() const { return state.tree.generation(id) != generation; }

    /// It goes on in another turn; events are read before that.
    void suspend();
    /// The name still leads to the very directory that is being read, for all that events have told
    /// since, and nobody asked for another reading.
    bool can_resume() const;

    TreeState& state;
    Findings* findings;  // of the turn
    const DirectoryId id;
    const std::uint32_t generation;
    const DirectoryId real;
    bool deep;
    const std::uint32_t number;
    OpenedDirectory opened;
    int fd = -1;
    ErrorCode error;  // that ended it
    Listing listing;
    Hiding::Scope scope;
    std::unordered_set<std::string> links;  // names
    std::size_t entries = 0;
    RootNames root_names;  // if it is the root
    bool has_names = false;

    // What was so when it was read in part last.
    bool in_parts = false;
    std::uint32_t real_generation = 0;
    WatchDescriptor watch = no_watch;
    bool is_trusted = false;  // the whole tree has not been queued since
    int known_error = 0;
    std::uint64_t root_generation = 0;
};

}  // namespace treecast::watcher
