// Watches what a directory's events do not report: files with a name outside the tree, and the
// opens of files whose lease is refused. A file whose open may hang is opened in the pool. The
// daemon's thread.
#pragma once

#include "daemon/hard_links.hpp"
#include "daemon/intake.hpp"
#include "daemon/load_pool.hpp"
#include "watcher/logged_paths.hpp"

#include <map>
#include <string>
#include <vector>

namespace treecast::daemon {

class LinkedFiles {
public:
    /// All outlive it.
    LinkedFiles(
        const watcher::TreeRoot& root,
        watcher::Watcher& watcher,
        HardLinks& hard_links,
        Intake& intake,
        LoadPool& pool
    )
        : root_(root), watcher_(watcher), hard_links_(hard_links), intake_(intake), pool_(pool) {}

    /// Watches the opens of these files under all their known names.
    void watch_opens(const std::vector<std::string>& paths);
    /// Sets and removes the watches on single files. Called when no directory is being read, since
    /// all names are known then.
    void update_watches(Clock::time_point now);

    /// The pool has opened a file for its watch.
    void on_opened(const LoadResult& result, Clock::time_point now);
    /// The open hangs, so that syncs no longer wait for it.
    void on_hung(const std::string& path);
    /// Whether a file is being opened for its watch, and does not hang.
    bool is_opening() const;

private:
    void on_watched(
        const std::string& path,
        const std::optional<watcher::FileStat>& watched,
        Clock::time_point now
    );
    void open(const std::string& path);

    const watcher::TreeRoot& root_;
    watcher::Watcher& watcher_;
    HardLinks& hard_links_;
    Intake& intake_;
    LoadPool& pool_;
    struct Opening {
        bool is_hung = false;
    };
    std::map<std::string, Opening> opening_;
    watcher::LoggedPaths logged_;
};

}  // namespace treecast::daemon
