// Turns what the watcher and the workers say into work, and publishes at once what a listing's
// stat alone decides: files that nobody has read yet. The daemon's thread.
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

/// When something is noted, and since when it counts as noted, if that is earlier: whoever waits
/// for a scan waits for the looks that it leads to.
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

    /// Large listings, and large directories that are gone, are left to work_off().
    void take(watcher::Batch&& batch, const NoteTime& when);
    /// Something that was taken has not been worked off: what it leads to is not noted yet.
    bool has_backlog() const noexcept { return !backlog_.empty(); }
    std::size_t backlog() const noexcept { return backlog_.size(); }
    /// Works on it until `end`.
    void work_off(const NoteTime& when, Clock::time_point end);
    /// The directory that the watcher has read in part, if any: when its listing comes, looks may
    /// have seen its files since.
    void follow_reading(std::optional<std::string_view> directory);
    /// Listings are of a tree that is no more at the root's path.
    void drop_listings();
    void take(const ipc::Request& request, const NoteTime& when);

    /// Directories whose listing was not complete although files below them are published, since
    /// the last call.
    std::vector<std::string> take_lost() { return std::exchange(lost_, {}); }

    /// The audit found that `path` is not what the catalog says, and no event has told of it.
    void repair(const std::string& path, const NoteTime& when);

    /// Looks at every file that has the identity of one that gained a name elsewhere: once through
    /// the whole catalog, for all of them.
    void look_for_names(const std::vector<HardLinks::Identity>& files, const NoteTime& when);

    /// What was found under these paths does not count any more, since it was found in a tree that
    /// is not at the root's path: they are read again, whatever stat says.
    void read_again(const std::vector<std::string>& paths, const NoteTime& when);

    /// Something may have happened to the path of which no event tells.
    void look_now(std::string_view path, const NoteTime& when, GroupId group = no_group);

    /// Whether a path lies on another filesystem than the root, which may hang on its own: looks
    /// there belong into the pool.
    bool is_foreign(std::string_view path) const;

private:
    /// Reads what is known at and below the path again, whatever stat says.
    void read_below(const std::string& path, const NoteTime& when);
    // Listings and directories that are gone: intake_backlog.cpp.
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
    void take_listed(const BacklogJob& job, const watcher::ListedFile& file, const NoteTime& when);
    void take(const watcher::Change& change, const NoteTime& when);
    /// The last one who had it open may have closed it.
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
