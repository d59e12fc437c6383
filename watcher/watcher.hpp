// Watches a tree on disk and reports the paths that may have changed.
//
// A Batch holds hints about paths, in any order and perhaps out of date. The receiver stats each
// path and compares: only that decides. The invariant: no change goes without a hint. The watcher
// knows nothing of shared memory.
//
// One thread. Nothing here blocks for longer than the filesystem does. read() and scan() bound
// their work, so that the caller's loop keeps turning. Paths are relative to the root and valid in
// the sense of "base/tree_path.hpp"; "" is the root. The watcher leaves out hidden and ignored
// names. It also leaves out names that are not UTF-8 (counted, logged once) and files that are not
// regular (logged once).
#pragma once

#include "base/error.hpp"
#include "watcher/batch.hpp"
#include "watcher/tree_root.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::watcher {

class Pipeline;

class Watcher {
public:
    /// Throws StartupError(configuration): inotify instance limit reached (names the sysctl).
    /// Queues the whole tree for scanning. `root` outlives the watcher, which reopens it when its
    /// path names another directory.
    Watcher(TreeRoot& root, WatcherOptions options);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    /// The inotify descriptor: readable when there are events. It never changes.
    int descriptor() const noexcept;

    /// Empties the kernel's queue into memory (64 MiB at most) and processes events, coalesced.
    /// Of many events it processes about `events_max`, and events_at_once at most. Each directory
    /// gets a fair share of these, so that a change in one does not wait for thousands in another.
    /// Queues a new or moved-in directory for scanning, and the whole tree after IN_Q_OVERFLOW.
    /// Sets `drained` when no event is left.
    Batch read(bool& drained, std::size_t events_max = ~std::size_t{0});

    /// Whether every event of the file that `path` names, under this name, has been processed, as
    /// of the last read(). Events of other files may be left.
    bool has_processed_events_of(std::string_view path) const;
    /// Whether every event that changes where the links on the way of `path` lead has been
    /// processed, as of the last read().
    bool has_processed_exchanges_of(std::string_view path) const;

    /// Whether directories are queued for scanning, or one has been read in part.
    bool scanning() const noexcept;
    /// Watches, then reads, up to `directories_max` queued directories; fewer if they are large.
    /// Several calls share a huge directory. The caller reads events between them.
    Batch scan(std::size_t directories_max);
    /// The directory that has been read in part. The stats in its coming Listing may be older than
    /// what the receiver has since seen of its files.
    std::optional<std::string_view> reading() const noexcept;
    /// Queues the whole tree for a scan that compares.
    void rescan();
    /// Queues one directory for a scan that compares, if it is known. Leaves out what lies below.
    void rescan_directory(std::string_view path);
    /// Queues the directories and files that have no events: those without a watch, those that
    /// could not be read, and what was mounted. For a caller that cannot wait for the next poll.
    void rescan_unwatched();

    /// Marks a directory as lost while it cannot be read. Call it if its listing was incomplete and
    /// the receiver knows files below it from a predecessor.
    void expect_readable(std::string_view path);

    /// Whether the kernel's queue holds events that read() has not read.
    bool has_events() const noexcept;

    /// Checks what has no events; call it about once a second. Checks that the root is still there.
    /// Queues for a scan, with back-off, what could not be read or watched.
    void tend(std::chrono::steady_clock::time_point now);

    /// Whether the root's path names the tree that is open. Call it after a read below the root and
    /// before its publication: the whole tree may have been moved away before the read. If it has,
    /// this call opens the root anew or marks it as lost.
    bool root_is_there();
    /// Whether the root was lost at the last check. While it is lost, no path proves anything.
    bool root_is_lost() const noexcept;

    /// Whether `path` may be served: neither it nor a directory above it is hidden, ignored or a
    /// refused link. Check it at every stat, since a served path may have become hidden; treat it
    /// as deleted then. Does not check that the path exists.
    bool visible(std::string_view path) const;

    /// Whether the directories, as far as they have been read, list `path` in this spelling. In a
    /// directory that folds case, stat finds a file under other spellings too. The file counts as
    /// absent under those.
    bool spells(std::string_view path) const;

    /// Whether ENOENT for `path` means that the file was deleted: the root is there, and so is
    /// every filesystem that was above the file when it was read. Check it before you publish a
    /// deletion.
    bool absence_counts(std::string_view path) const;

    /// Whether `path`, present or absent, only shows what a vanished mount had covered. Its state
    /// then proves nothing about what is published. Check it after every stat. It costs one system
    /// call unless a mount has changed or is lost.
    bool is_lost(std::string_view path);

    /// The mounts to store for a successor, if they have changed since the last call. Store them
    /// before you publish anything seen since: a successor cannot miss a mount that it does not
    /// know of.
    std::optional<std::vector<Mount>> take_mounts();

    /// The administrator confirms that what is lost at `path` was removed on purpose: a mount, or
    /// the content of a directory that became empty at once. False if nothing is lost there.
    bool forget_lost(std::string_view path);

    /// Whether `path` is served through a link, so that its file has no name there.
    bool leads_through_link(std::string_view path) const;

    /// Reports opens and closes from now on, for the files of the directory that holds `path`
    /// (behind a link: that holds its file). Use it only where no lease shows whether a writer has
    /// the file open: each open of a file there costs two events.
    void watch_opens(std::string_view path);

    /// Watches the file that `path` names now, not the name. Use it for a file that also has a name
    /// outside the tree: no directory here reports writes through that name. The file's signs are
    /// reported under `path`. Returns its stat, or nullopt if it cannot be watched. A call after
    /// the path was replaced watches the new file instead. At the limit of watches the file is
    /// polled until it can be watched.
    std::optional<FileStat> watch_file(const std::string& path);
    /// The same for an open descriptor of any kind. This call opens nothing, so it cannot block on
    /// an open.
    std::optional<FileStat> watch_file(const std::string& path, int file, const FileStat& stat);
    void unwatch_file(const std::string& path);

    /// The directories and mount points that are lost, with the reason; "" for a lost root.
    std::vector<std::pair<std::string, std::string>> lost_directories() const;

    /// Computed anew by each call: do not call it between an event and its publication.
    const WatcherHealth& health() const;

private:
    std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace treecast::watcher
