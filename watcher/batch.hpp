// The watcher's input and output as plain values: options enter; signs of change, listings and
// health leave.
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

/// Why a path may have changed; a set, coalesced over the events of one batch.
struct Signs {
    bool arrived = false;     // a file was renamed to this name, so it was complete before
    bool created = false;     // an open or a link made the name; a writer may have it open
    bool modified = false;    // it was written to or truncated; a writer may have it open
    bool closed = false;      // a writer closed it: read it again, even if its stat is the same
    bool reopened = false;    // a writer closed it, and it was written to again since
    bool attributes = false;  // chmod, chown, touch or link count
    bool gone = false;        // an event reported the name as deleted or renamed away

    friend bool operator==(const Signs&, const Signs&) = default;
};

struct Change {
    std::string path;
    Signs signs;  // empty if it was only opened, or closed by a reader
    OpenersChange openers;
};

struct ListedFile {
    std::string name;
    FileStat stat;  // for a link, that of its target
};

/// One directory as it was read. Its watch was in place before it was read.
struct Listing {
    std::string directory;
    /// The directory was read to its end. Then the receiver checks each file and directory that it
    /// knows directly below and that is not named here: it may be gone. If false, a name that is
    /// missing here means nothing.
    bool complete = false;
    std::vector<ListedFile> files;         // regular files
    std::vector<std::string> directories;  // names; each gets a Listing of its own
};

struct Batch {
    std::vector<Listing> listings;
    std::vector<Change> changes;
    /// Directories that were deleted, moved away or replaced by something else. The receiver checks
    /// everything that it knows below them.
    std::vector<std::string> gone_directories;
    /// Paths that name something else as a whole: a link with a new target, a directory that was
    /// moved there, a root ("") that was swapped. The changes at and below such a path belong
    /// together. Their listings may come with later batches.
    std::vector<std::string> exchanged;

    /// Paths at and below which stat proves nothing, since the filesystem there is another one. The
    /// receiver reads their content again.
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
    std::vector<Mount> mounts{};  // those that a predecessor stored
    /// The watcher reports opens and closes of files on which we may not take a lease.
    LeaseRights leases = LeaseRights::of_all();
    /// The most entries of a directory that one scan() reads. Later calls read the rest.
    std::size_t entries_at_once = 4096;
    /// About the most events that one read() processes. The others wait in memory.
    std::size_t events_at_once = 512;
};

/// The watch's part of /v1/status and the log. The last three only grow; the others are current.
struct WatcherHealth {
    std::string degraded;  // the reasons in one line; empty if nothing is wrong
    std::uint64_t watches = 0;
    std::uint64_t unwatched_directories = 0;  // the watch limit was reached
    std::uint64_t unwatched_files = 0;        // counts only files that need a watch of their own
    std::uint64_t overflows = 0;
    std::uint64_t refused_links = 0;
    std::uint64_t skipped_names = 0;
};

}  // namespace treecast::watcher
