// Turns what happens to a tree on disk into paths that should be looked at.
//
// Every sign leads to a look, and only the look decides: what a Batch says are hints about paths,
// in any order and perhaps out of date; the receiver stats each and compares. What must never
// happen is that something changed and no Batch names it. Knows nothing of shared memory.
//
// One thread. Nothing here blocks for longer than the filesystem does; read() and scan() are
// bounded in work, so that the caller's loop keeps turning. Paths are relative to the root and
// valid in the sense of "base/tree_path.hpp"; "" is the root. Hidden and ignored names, names
// that are not UTF-8 and files that are no regular files are left out here (counted, logged once).
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
    /// The whole tree is queued for scanning. `root` outlives the watcher, which reopens it when
    /// its path came to name another directory.
    Watcher(TreeRoot& root, WatcherOptions options);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    /// The inotify descriptor: readable when events are there. Stays the same.
    int descriptor() const noexcept;

    /// Empties the kernel's queue, and takes the events that are there, coalesced: of many only
    /// about `events_max` (and events_at_once), in fair shares for the directories that they are
    /// of, so that those of one do not wait for the thousands of another. A new or moved-in
    /// directory is queued for scanning. IN_Q_OVERFLOW queues the whole tree. `drained` is set when
    /// no event is left.
    Batch read(bool& drained, std::size_t events_max = ~std::size_t{0});

    /// Whether all has been taken that events told of the file that `path` names, under this name,
    /// until the last read(); of others some may be left.
    bool has_told_all(std::string_view path) const;

    /// Whether directories are queued for scanning, or one has been read in part.
    bool scanning() const noexcept;
    /// Watches and reads up to `directories_max` queued directories, watch first; fewer if they are
    /// large. One that is huge is read by several calls, between which events are to be read.
    Batch scan(std::size_t directories_max);
    /// The directory that has been read in part: the stats in its Listing, which is to come, may be
    /// older than what is seen of its files meanwhile.
    std::optional<std::string_view> reading() const noexcept;
    /// Queues the whole tree for a scan that compares.
    void rescan();
    /// Queues one directory for a scan that compares, if it is known; not what lies below it.
    void rescan_directory(std::string_view path);
    /// Queues the directories and files of which no events tell, for whoever cannot wait until they
    /// are polled: those without a watch, those that could not be read, and what was mounted.
    void rescan_unwatched();

    /// The receiver knows files below a directory whose listing was not complete, from a
    /// predecessor: nobody vouches for them as long as it cannot be read.
    void expect_readable(std::string_view path);

    /// Whether events have come since read() has emptied the kernel's queue.
    bool has_events() const noexcept;

    /// What no event tells: to be called about once a second. Tries again what could not be read
    /// or watched (by queueing it for a scan), and looks whether the root is still there.
    void tend(std::chrono::steady_clock::time_point now);

    /// Whether the root's path names the tree that is open. To be asked after something was read
    /// below it and before that is published: it may have been moved away before, with all that is
    /// in it. If not, the root counts as lost from then on, or was opened anew.
    bool root_is_there();
    /// As far as known: nothing can be said of any path.
    bool root_is_lost() const noexcept;

    /// Whether `path` may be served: neither it nor a directory above it is hidden or ignored, or
    /// a link that is refused. To be asked at every look, since a path that was served may have
    /// come to be so: then it is to be taken for deleted. Says nothing about existence.
    bool visible(std::string_view path) const;

    /// Whether the directories on its way spell `path` so, as far as they have been read. In one
    /// that folds case a look finds a file under other names, too, under which it is absent.
    bool spells(std::string_view path) const;

    /// Whether ENOENT for `path` means that it has been deleted: the root is there, and so is every
    /// filesystem that was above it when it was read. To be asked before a deletion is published.
    bool absence_counts(std::string_view path) const;

    /// Whether what `path` names now, something or nothing, is only what a mount had covered that
    /// is gone, or the whole root is such: then it says nothing about what is published. To be
    /// asked after every look, before what was seen is believed. One system call.
    bool is_lost(std::string_view path);

    /// The mounts to be remembered for a successor, if they are others than at the last call. To be
    /// stored before anything that was seen since is published: a mount that nobody remembers
    /// cannot be missed.
    std::optional<std::vector<Mount>> take_mounts();

    /// Somebody says that what is lost at `path` is meant to be gone: a mount point that is one no
    /// more, or a directory that is empty all at once. False if nothing is lost there.
    bool forget_lost(std::string_view path);

    /// Whether `path` is served through a link, so that its file has no name there.
    bool leads_through_link(std::string_view path) const;

    /// From now on changes tell of whoever opens or closes a file of the directory that `path` is
    /// in (behind a link: that its file is in). Where no lease tells whether a writer is inside:
    /// everybody else who opens a file there costs two events.
    void watch_opens(std::string_view path);

    /// Watches the file itself that `path` names now, whatever names it has elsewhere: for a file
    /// with a name outside the tree, whose writes no directory here reports. Its signs come under
    /// `path`. Which file that is; none if it cannot be watched. Asked again after the path has
    /// been replaced, it watches the new file instead. Where the limit of watches is reached, the
    /// file is polled instead, and watched as soon as that can be done.
    std::optional<FileStat> watch_file(const std::string& path);
    /// The same for a file that is open already, by a descriptor of any kind: it is not opened
    /// here, which may block.
    std::optional<FileStat> watch_file(const std::string& path, int file, const FileStat& stat);
    void unwatch_file(const std::string& path);

    /// The directories that cannot be read any more, with the reason; "" for a lost root.
    std::vector<std::pair<std::string, std::string>> lost_directories() const;

    /// As it is now; not to be asked for between an event and its publication.
    const WatcherHealth& health() const;

private:
    std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace treecast::watcher
