// What a turn leaves to later ones of large listings and large directories that are gone: in the
// order in which they came, each worked off in steps. Pure bookkeeping; the daemon's thread.
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

/// A listing that is compared with what is known, or a directory below which everything is to be
/// looked at.
struct BacklogJob {
    std::string directory;
    std::optional<watcher::Listing> listing;  // none: the directory is gone
    GroupId group = no_group;
    bool is_old = false;  // files may have been looked at since their stats were taken

    bool is_doubtful = false;  // the filesystem may be another since: every file is looked at

    bool begun = false;
    bool is_done = false;  // what it holds is being given back
    bool compares_names = false;
    std::vector<ipc::FileId> known;  // in the listing's directory; below the one that is gone
    std::vector<std::string> held;   // back, below either, when the job was begun
    std::vector<std::string> lost_directories;  // with the one that is gone
    // Their texts are the listing's, whose elements stay where they are when a job is moved.
    std::unordered_set<std::string_view> names;
    std::unordered_set<std::string_view> directories;
    std::unordered_set<std::string> directories_since;  // listed themselves, since it was
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
    /// One of the same directory, or of one above or below it: what comes of that now has to wait.
    bool concerns(std::string_view directory) const;
    void push(BacklogJob job) { jobs_.push_back(std::move(job)); }
    BacklogJob& front() { return jobs_.front(); }
    void pop() { jobs_.pop_front(); }
    /// The directory has been listed itself: listings of the one above may be older than it is.
    void note_listed(std::string_view directory);
    /// What is listed at the path, in its directory and below it may be another since.
    void doubt(std::string_view path);
    /// Listings of the directory and of those below it are void. Returns their directories.
    std::vector<std::string> drop_listings(std::string_view directory);

private:
    std::deque<BacklogJob> jobs_;
};

}  // namespace treecast::daemon
