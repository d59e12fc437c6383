// The state of one read of a directory under one of its names. A huge directory is read in parts,
// and events are processed between them.
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

    /// Whether the name under which the directory is read was dropped. Following a link that lies
    /// in the directory can cause that.
    bool is_dropped() const { return state.tree.generation(id) != generation; }

    /// Stores what can_resume() compares. A later turn resumes; events are processed in between.
    void suspend();
    /// Whether, by the events since suspend(), the name still leads to the same directory, and no
    /// new read of it is queued.
    bool can_resume() const;

    TreeState& state;
    Findings* findings;  // those of the current turn
    const DirectoryId id;
    const std::uint32_t generation;
    const DirectoryId real;
    bool deep;
    const std::uint32_t number;
    OpenedDirectory opened;
    int fd = -1;
    ErrorCode error;  // the error that ended the read
    Listing listing;
    Hiding::Scope scope;
    std::unordered_set<std::string> links;  // the names of links that have been listed
    std::size_t entries = 0;
    RootNames root_names;  // only for the root
    bool has_names = false;

    // The state at the last suspend().
    bool in_parts = false;
    std::uint32_t real_generation = 0;
    WatchDescriptor watch = no_watch;
    bool is_trusted = false;  // becomes false when the whole tree is queued
    int known_error = 0;
    std::uint64_t root_generation = 0;
};

}  // namespace treecast::watcher
