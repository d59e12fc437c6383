// The state that the stages of the watcher share, and the findings that they collect.
#pragma once

#include "base/tree_path.hpp"
#include "watcher/batch.hpp"
#include "watcher/change_set.hpp"
#include "watcher/directory_tree.hpp"
#include "watcher/file_watches.hpp"
#include "watcher/hiding.hpp"
#include "watcher/inotify.hpp"
#include "watcher/link_table.hpp"
#include "watcher/logged_paths.hpp"
#include "watcher/mount_state.hpp"
#include "watcher/path_watches.hpp"
#include "watcher/spellings.hpp"
#include "watcher/tree_root.hpp"
#include "watcher/waiting_events.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace treecast::watcher {

using RootNames = boost::unordered_flat_set<std::size_t>;

inline std::size_t root_name(std::string_view name) {
    return std::hash<std::string_view>()(name);
}

struct TreeState {
    TreeState(TreeRoot& tree_root, const WatcherOptions& options)
        : root(tree_root),
          hiding(options.hidden, options.ignore),
          mounts(options.mounts),
          leases(options.leases),
          alias_paths_max(options.max_aliases) {}

    TreeRoot& root;
    Inotify inotify;
    WaitingEvents waiting;
    WatchMap watches;
    ScanQueue scans;
    DirectoryHealth health;
    DirectoryTree tree{watches, scans, health};
    LinkTable links;
    Hiding hiding;
    Spellings spellings;
    FileWatches file_watches;   // the receiver has requested these
    FileWatches mounted_files;  // the watches of files that are mounted over a name
    PathWatches path_watches;
    MountState mounts;
    const LeaseRights leases;
    const std::uint64_t alias_paths_max;

    /// Changed names that links may depend on. The stage resolves those links again after its
    /// events or directories.
    std::vector<NamePlace> touched;
    /// Names that appeared or vanished by events: what leads through them may have led elsewhere.
    NamePlaces renamed;
    /// Hashes of the names in the root, from scans and events. If the root becomes empty at once,
    /// they distinguish deletions from a filesystem that is gone.
    RootNames root_names;
    /// The changes of these names that events reported while a directory is being read in parts. If
    /// that is the root, the scan's names may be older.
    std::vector<std::pair<std::size_t, bool>> root_changes;
    bool reads_in_parts = false;     // a directory has been read in part
    bool root_in_doubt = false;      // check the root before a batch is returned
    bool root_exchanged = false;     // the root became another directory since the last batch
    std::string root_trouble;        // the reason why the root is lost; empty if it is not
    bool root_is_empty = false;      // the root is lost because it is empty
    bool root_may_be_empty = false;  // accept an empty directory at the next reopen
    bool watch_limit_met = false;    // reset once all directories are watched again
    /// Unwatched files that are due for a poll.
    std::deque<std::string> due_files;
    bool file_limit_met = false;  // try no more watches until due_files is filled again
    LoggedPaths logged;
    WatcherHealth report;

    bool events_left = false;  // the last read left events in the kernel's queue
    bool has_events() const { return !waiting.empty() || inotify.has_events(); }
    /// Whether directories wait for a scan, or one has been read in part.
    bool has_due() const { return !scans.empty() || reads_in_parts; }
    /// Whether root_names has a name that no event since the scan's begin has reported as created.
    bool knows_older_root_names() const {
        return std::ranges::any_of(root_names, [&](std::size_t name) {
            return std::ranges::find(root_changes, std::pair(name, true)) == root_changes.end();
        });
    }
    void set_root_names(RootNames names) {
        root_names = std::move(names);
        for (const auto& [hash, is_there] : std::exchange(root_changes, {})) {
            if (is_there)
                root_names.insert(hash);
            else
                root_names.erase(hash);
        }
    }
    void note_root_name(std::string_view name, bool is_there) {
        const std::size_t hash = root_name(name);
        if (is_there)
            root_names.insert(hash);
        else
            root_names.erase(hash);
        if (reads_in_parts)
            root_changes.emplace_back(hash, is_there);
    }
    /// Number of paths served through links, directories and files.
    std::uint64_t alias_paths() const {
        return tree.alias_count() + tree.alias_file_count() + links.file_count();
    }
};

/// The parts of the next Batch.
struct Findings {
    std::vector<Listing> listings;
    ChangeSet changes;
    std::vector<std::string> gone_directories;
    std::vector<std::string> exchanged;
    /// Directories that fold case and whose names were read again for this batch.
    std::vector<DirectoryId> respelled;

    /// Discards the listings of the directory and of those below it, since the receiver processes
    /// gone directories before listings.
    void add_gone(std::string directory) {
        std::erase_if(listings, [&](const Listing& listing) {
            return listing.directory == directory || lies_below(listing.directory, directory);
        });
        gone_directories.push_back(std::move(directory));
    }
};

}  // namespace treecast::watcher
