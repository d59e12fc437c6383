// A receiver of batches for tests: keeps a model of the tree by looking at what it is told to look
// at, and nothing else.
#pragma once

#include "test/support/temporary_directory.hpp"
#include "watcher/watcher.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace treecast::test {

/// What a look found, by path.
using Files = std::map<std::string, watcher::FileStat>;

/// Every file below `root` that is to be served, as a walk of the tree finds it.
Files walk_tree(const std::filesystem::path& root, bool hidden = false);

/// The first few differences, one a line; empty if there are none. `linked` are files (inodes) that
/// have had a second name at some time, `unseen` those that may have been written to through one of
/// which nobody was told.
std::string differences(
    const Files& expected,
    const Files& found,
    const std::set<std::uint64_t>& linked = {},
    const std::set<std::uint64_t>& unseen = {}
);

class WatcherMirror {
public:
    explicit WatcherMirror(const std::string& root, watcher::WatcherOptions options = {});

    /// Takes all that is queued and scans all that is due.
    void settle();
    /// Takes one batch of events, without scanning.
    watcher::Batch read_once();
    watcher::Batch scan_once(std::size_t directories_max = 1);
    void apply(const watcher::Batch& batch);

    const Files& files() const { return files_; }
    bool has(const std::string& path) const { return files_.contains(path); }
    watcher::Watcher& watcher() { return watcher_; }
    watcher::TreeRoot& root() { return root_; }

    /// Everything told since the last call.
    std::vector<watcher::Change> take_changes() { return std::exchange(changes_, {}); }
    std::vector<std::string> take_gone() { return std::exchange(gone_, {}); }
    std::vector<std::string> take_listed() { return std::exchange(listed_, {}); }
    /// All signs told for `path` since the last take_changes.
    watcher::Signs signs_of(const std::string& path) const;

private:
    void look_at(const std::string& path);
    void look_at_one(const std::string& path, std::set<std::string>& others);
    void forget(const std::string& path);
    void look_below(const std::string& directory);
    void compare(const watcher::Listing& listing);

    watcher::TreeRoot root_;
    watcher::Watcher watcher_;
    Files files_;
    std::map<std::uint64_t, std::set<std::string>> names_;  // by inode
    std::vector<watcher::Change> changes_;
    std::vector<std::string> gone_;
    std::vector<std::string> listed_;
};

}  // namespace treecast::test
