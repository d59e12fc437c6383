// Listings and lost directories that wait for later turns: the large ones, and those that must
// follow an earlier job. Jobs run in their order of arrival, in steps. Pure bookkeeping; the
// daemon's thread.
#pragma once

#include "daemon/work_list.hpp"
#include "ipc/catalog_record.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace treecast::daemon {

/// A listing to compare with the known files, or a lost directory whose files all need a look.
struct BacklogJob {
    std::string directory;
    std::optional<watcher::Listing> listing;  // none: the directory is lost
    GroupId group = no_group;
    bool is_old = false;  // files may have been looked at after their stats were read

    bool is_doubtful = false;  // another filesystem may be there now: every file is looked at

    bool begun = false;
    bool is_done = false;  // its memory is being freed
    bool compares_names = false;
    std::vector<ipc::FileId> known;  // children of the listed directory; all below a lost one
    std::vector<std::string> held;  // paths of findings held back below it, at the begin of the job
    std::vector<std::string> lost_directories;  // the lost one, and those below it
    // These views point into the listing, whose elements stay in place when a job is moved.
    std::unordered_set<std::string_view> names;
    std::unordered_set<std::string_view> directories;
    std::unordered_set<std::string> directories_since;  // subdirectories listed since
    std::size_t files_done = 0;
    std::size_t known_done = 0;
    std::size_t held_done = 0;

    std::size_t size() const {
        return (listing ? listing->files.size() : 0) + known.size() + held.size();
    }
};

class Backlog {
public:
    bool empty() const noexcept { return jobs_.empty(); }
    std::size_t size() const noexcept { return jobs_.size(); }
    /// Whether a job is of the directory, or of one above or below it: a newer job must wait for
    /// that.
    bool concerns(std::string_view directory) const;
    void push(BacklogJob job) { jobs_.push_back(std::move(job)); }
    BacklogJob& front() { return jobs_.front(); }
    void pop() { jobs_.pop_front(); }
    /// The directory has been listed. An older listing of its parent may not contain it.
    void note_listed(std::string_view directory);
    /// Another filesystem may be at the path now, which makes the queued stats of it, of its
    /// siblings and of all below it doubtful.
    void doubt(std::string_view path);
    /// Drops the listings of the directory and of those below it. Returns their directories.
    std::vector<std::string> drop_listings(std::string_view directory);

private:
    std::deque<BacklogJob> jobs_;
};

}  // namespace treecast::daemon
