// Maps directories to watches and back, and lists the watches that no directory has any more.
// No I/O.
//
// Several directories can have the same watch: a directory that is bind-mounted twice, and one that
// was moved and found at its new place before the event of the move was read.
#pragma once

#include "watcher/directory_id.hpp"
#include "watcher/inotify_event.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace treecast::watcher {

class WatchMap {
public:
    WatchDescriptor of(DirectoryId directory) const { return directories_[directory].watch; }
    /// Replaces the directory's watch; `no_watch` means none.
    void set(DirectoryId directory, WatchDescriptor watch);
    std::vector<DirectoryId> directories_of(WatchDescriptor watch) const;
    bool has(WatchDescriptor watch) const { return first_.contains(watch); }
    std::size_t count() const noexcept { return first_.size(); }

    /// Returns, and forgets, a watch that no directory has any more. The caller removes it from
    /// inotify.
    std::optional<WatchDescriptor> take_retired();
    bool has_retired() const noexcept { return !retired_.empty(); }

    /// Whether the directory was opened and watched after the last distrust_all(), so that no event
    /// of it is missing.
    bool is_trusted(DirectoryId directory) const {
        return directories_[directory].trusted == trust_;
    }
    void trust(DirectoryId directory) { directories_.write(directory).trusted = trust_; }
    void distrust_all() { ++trust_; }

    /// Whether the watch must report opens and closes of the directory's files.
    bool reports_opens(DirectoryId directory) const { return directories_[directory].opens; }
    void set_reports_opens(DirectoryId directory) { directories_.write(directory).opens = true; }

    /// Forgets the directory; another may reuse its number.
    void forget(DirectoryId directory);

private:
    struct Watched {
        WatchDescriptor watch = no_watch;
        DirectoryId next = no_directory;  // the next directory that has the same watch
        std::uint32_t trusted = 0;
        bool opens = false;
    };

    PerDirectory<Watched> directories_;
    std::unordered_map<WatchDescriptor, DirectoryId> first_;
    std::vector<WatchDescriptor> retired_;
    std::uint32_t trust_ = 1;
};

}  // namespace treecast::watcher
