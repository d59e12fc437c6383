// What the watcher is told, and what it finds: options, signs of change, listings, health.
#pragma once

#include "watcher/file_stat.hpp"
#include "watcher/known_mounts.hpp"
#include "watcher/lease_rights.hpp"
#include "watcher/openers.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace treecast::watcher {

/// Why a path should be looked at; a set, coalesced over the events of one batch.
struct Signs {
    bool arrived = false;     // renamed to this name: it was whole before
    bool created = false;     // by open or link; its writer may still be in it
    bool modified = false;    // written to or truncated; a writer may still be in it
    bool closed = false;      // closed by a writer: read again, whatever stat says
    bool reopened = false;    // closed by a writer, and written to again since
    bool attributes = false;  // chmod, chown, touch, link count
    bool gone = false;        // the name was seen to be deleted or renamed away

    friend bool operator==(const Signs&, const Signs&) = default;
};

struct Change {
    std::string path;
    Signs signs;  // none: it was only opened or closed
    OpenersChange openers;
};

struct ListedFile {
    std::string name;
    FileStat stat;  // of what a link points to
};

/// One directory as it was read. Its watch was in place before it was read.
struct Listing {
    std::string directory;
    /// Everything below `directory` itself that the receiver knows and that is not named here
    /// should be looked at: it may be gone. False if the directory could not be read to its end;
    /// then absence means nothing.
    bool complete = false;
    std::vector<ListedFile> files;         // regular files
    std::vector<std::string> directories;  // names; each gets a Listing of its own
};

struct Batch {
    std::vector<Listing> listings;
    std::vector<Change> changes;
    /// Directories that were seen to be deleted or moved away (or stopped being directories):
    /// look at everything known below them.
    std::vector<std::string> gone_directories;
    /// Paths that came to name something else as a whole: a link that leads elsewhere now, a
    /// directory that was moved there, the root ("") that was swapped. What follows from it, at
    /// and below them, belongs together; listings of it may come with later batches.
    std::vector<std::string> exchanged;

    /// Paths at and below which stat proves nothing, since the filesystem there is another one:
    /// what is known of them is to be read again.
    std::vector<std::string> doubtful;

    bool empty() const noexcept {
        return listings.empty() && changes.empty() && gone_directories.empty() &&
               exchanged.empty() && doubtful.empty();
    }
};

struct WatcherOptions {
    bool hidden = false;                // serve names that begin with a dot
    std::vector<std::string> ignore{};  // gitignore lines
    std::uint64_t max_aliases = 100'000;
    std::vector<Mount> mounts{};  // that a predecessor saw
    /// Who opens and closes files that they do not reach is told of, wherever one is found.
    LeaseRights leases = LeaseRights::of_all();
    /// Entries of a directory that one scan() reads at most: the rest of it follows.
    std::size_t entries_at_once = 4096;
    /// Events that one read() takes at most, about; more of them wait in memory.
    std::size_t events_at_once = 512;
};

/// What /v1/status and the log say about the watch; counters only grow.
struct WatcherHealth {
    std::string degraded;  // why, one line; empty: nothing is wrong
    std::uint64_t watches = 0;
    std::uint64_t unwatched_directories = 0;  // the watch limit was reached
    std::uint64_t unwatched_files = 0;        // of those that need a watch of their own
    std::uint64_t overflows = 0;
    std::uint64_t refused_links = 0;
    std::uint64_t skipped_names = 0;
};

}  // namespace treecast::watcher
