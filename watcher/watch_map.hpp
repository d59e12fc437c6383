// The watches of directories: which directories have which watch, and which watches are left over.
// PURE.
//
// One watch can belong to several directories: to one that is bind-mounted twice, and to one that
// was moved and found at its new place before the event of its leaving the old one was read.
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
    /// Gives the directory this watch in place of the one that it has; `no_watch`: none.
    void set(DirectoryId directory, WatchDescriptor watch);
    std::vector<DirectoryId> directories_of(WatchDescriptor watch) const;
    bool has(WatchDescriptor watch) const { return first_.contains(watch); }
    std::size_t count() const noexcept { return first_.size(); }

    /// A watch that no directory has any more and that is to be removed from inotify.
    std::optional<WatchDescriptor> take_retired();
    bool has_retired() const noexcept { return !retired_.empty(); }

    /// The directory was watched since the last `distrust_all`, so that no event is missing.
    bool is_trusted(DirectoryId directory) const {
        return directories_[directory].trusted == trust_;
    }
    void trust(DirectoryId directory) { directories_.write(directory).trusted = trust_; }
    void distrust_all() { ++trust_; }

    /// The watch is to report who opens and closes files of the directory.
    bool reports_opens(DirectoryId directory) const { return directories_[directory].opens; }
    void set_reports_opens(DirectoryId directory) { directories_.write(directory).opens = true; }

    /// Forgets the directory; its number may be given to another.
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
