// Turns batches of the watcher and requests of the workers into work. Files that nobody has read
// yet are published at once from a listing's stat alone. The daemon's thread.
#pragma once

#include "daemon/backlog.hpp"
#include "daemon/hard_links.hpp"
#include "daemon/open_files.hpp"
#include "daemon/publication_groups.hpp"
#include "daemon/publisher.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/work_list.hpp"
#include "ipc/message.hpp"

#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace treecast::daemon {

/// The time of a note, and the earlier sequence number that it counts as, if any: a sync that waits
/// for a scan also waits for the looks that the scan leads to.
struct NoteTime {
    Clock::time_point now;
    std::optional<std::uint64_t> as_of = std::nullopt;  // of WorkList::sequence()
};

class Intake {
public:
    /// All outlive the intake. `root_device` is the root directory's st_dev.
    Intake(
        const watcher::Watcher& watcher,
        ipc::CatalogWriter& catalog,
        Publisher& publisher,
        Residency& residency,
        WorkList& works,
        HardLinks& hard_links,
        OpenFiles& open_files,
        PublicationGroups& groups,
        const ServePolicy& policy,
        std::uint64_t root_device
    );

    /// Leaves large listings and large lost directories to work_off(), and those that must follow
    /// an earlier job.
    void take(watcher::Batch&& batch, const NoteTime& when);
    /// Some of the batches have not been worked off, so that not all work is noted yet.
    bool has_backlog() const noexcept { return !backlog_.empty(); }
    std::size_t backlog() const noexcept { return backlog_.size(); }
    /// Works on the backlog until `end`.
    void work_off(const NoteTime& when, Clock::time_point end);
    /// The directory that the watcher has read in part, if any. Files in it may be looked at before
    /// its listing comes, which is then older than those looks.
    void follow_reading(std::optional<std::string_view> directory);
    /// Drops all queued listings: the root's path names another tree now.
    void drop_listings();
    void take(const ipc::Request& request, const NoteTime& when);

    /// Directories with an incomplete listing and published files below them, since the last call.
    std::vector<std::string> take_lost() { return std::exchange(lost_, {}); }

    /// The audit found that `path` differs from the catalog without an event. Has it read again if
    /// the catalog knows it; a file unknown to the catalog needs a rescan of its directory.
    void repair(const std::string& path, const NoteTime& when);

    /// Looks at every known path of the files with these identities, and at all that is being
    /// loaded. One pass over the catalog serves them all.
    void look_for_names(const std::vector<HardLinks::Identity>& files, const NoteTime& when);

    /// Findings under these paths were made in a tree that is no longer at the root's path. Has the
    /// paths read again, whatever stat says.
    void read_again(const std::vector<std::string>& paths, const NoteTime& when);

    /// Has the path looked at now, although no event reported a change.
    void look_now(std::string_view path, const NoteTime& when, GroupId group = no_group);

    /// Whether the last listing of the path's directory had a file on another filesystem than the
    /// root. That one may hang on its own, so such looks go to the pool.
    bool is_foreign(std::string_view path) const;

private:
    /// Has all known files at and below the path read again, whatever stat says.
    void read_below(const std::string& path, const NoteTime& when);
    // Listings and lost directories: intake_backlog.cpp.
    void take(watcher::Listing listing, const NoteTime& when);
    void lose_directory(const std::string& directory, GroupId group, const NoteTime& when);
    void take(BacklogJob job, const NoteTime& when);
    void begin(BacklogJob& job);
    void begin_listing(BacklogJob& job);
    /// False: the job is done.
    bool step(BacklogJob& job, const NoteTime& when);
    bool step_listing(BacklogJob& job, const NoteTime& when);
    bool step_gone(BacklogJob& job, const NoteTime& when);
    static bool give_back(BacklogJob& job);
    void end_gone(const BacklogJob& job);
    void drop_listings_in(const std::string& directory);
    void note_unread(const watcher::Listing& listing);
    void compare_known(const BacklogJob& job, ipc::FileId child, const NoteTime& when);
    void compare_held(const BacklogJob& job, const std::string& path, const NoteTime& when);
    void note_listed(const BacklogJob& job, const watcher::ListedFile& file, const NoteTime& when);
    void take(const watcher::Change& change, const NoteTime& when);
    /// The last opener of the file may have closed it.
    void note_closed(std::string_view path, Clock::time_point now);
    void note(std::string_view path, const watcher::Signs& signs, const NoteTime& when);
    Work& note_member(std::string_view path, const watcher::Signs& signs, const NoteTime& when);

    const watcher::Watcher& watcher_;
    ipc::CatalogWriter& catalog_;
    Publisher& publisher_;
    Residency& residency_;
    WorkList& works_;
    HardLinks& hard_links_;
    OpenFiles& open_files_;
    PublicationGroups& groups_;
    const ServePolicy& policy_;
    std::uint64_t root_device_;
    std::unordered_set<std::string> foreign_directories_;
    std::vector<std::string> lost_;
    Backlog backlog_;
    std::optional<std::string> reading_;
};

}  // namespace treecast::daemon
