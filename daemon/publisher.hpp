// Publishes findings: segments, entries, log, header, the notification, then the unlinking of
// superseded segments. All findings of a flush become one revision, but a second change of one file
// takes another. The daemon's thread.
//
// A group of many files is stored over several turns, under a revision that is claimed ahead.
// Findings that arrive meanwhile are published before it, except for files that it has already
// changed.
#pragma once

#include "daemon/publication_groups.hpp"
#include "daemon/residency.hpp"
#include "ipc/catalog_publication.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/daemon_queues.hpp"
#include "ipc/segment_writer.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::daemon {

class Publisher {
public:
    /// All outlive the publisher.
    Publisher(
        const ipc::ObjectDirectory& objects,
        ipc::CatalogWriter& catalog,
        ipc::DaemonQueues& queues,
        Residency& residency,
        PublicationGroups& groups
    );

    /// `segment` holds the bytes of observation.sha256, if they become resident. A finding of an
    /// open group is published with the group.
    void add(
        std::string path,
        Observation observation,
        std::optional<ipc::SegmentWriter> segment = std::nullopt,
        GroupId group = no_group
    );
    /// Moves what was added since the last flush, and belongs to a group that was opened meanwhile,
    /// to this group.
    void regroup();
    /// The paths of what was added since the last flush.
    std::vector<std::string> pending_paths() const;
    /// The next flush makes these findings one revision. If they are many, or overlap with the
    /// group that is being stored, store_groups() does.
    void publish_together(FindingSet group);
    /// A group is complete and not published yet.
    bool is_storing() const noexcept { return !complete_.empty(); }
    /// Continues to store complete groups until `end`. Called after a flush.
    void store_groups(Clock::time_point now, Clock::time_point end);
    /// Frees some entries of deletions that the log no longer reaches. Returns whether there are
    /// more.
    bool forget_some() { return catalog_.forget_some(); }
    /// The finding held back for the path is outdated; what is published is true.
    void withdraw(std::string_view path);
    /// A content that was loaded for the path is held back.
    bool holds_content_of(std::string_view path) const;
    bool has_pending() const noexcept { return !pending_.empty(); }
    /// Drops what was added since the last flush, and what is left of complete groups. Returns the
    /// paths.
    std::vector<std::string> take_pending();
    /// A group is open, or complete and not published yet.
    bool holds_any() const { return groups_.any() || is_storing(); }
    /// Every path with a finding held back below a directory ("" is the root), at any depth. The
    /// catalog may not know it yet.
    void for_each_held_below(std::string_view directory, const FindingSet::Visit& visit) const;
    std::vector<std::string> held_below(std::string_view directory) const;
    /// Publishes what was added. Claims a revision only if something is announced.
    void flush(Clock::time_point now);

    /// Removes a file's content from shared memory. Its record and hash stay.
    void evict(ipc::FileId file);
    /// Whether shared memory has room for `size` bytes once the file's content is out of it.
    bool fits_instead_of(ipc::FileId file, std::uint64_t size) const;
    /// Whether the segment that the record names exists. If somebody has removed it, the record
    /// becomes not resident.
    bool confirm_resident(ipc::FileId file, const ipc::Record& record);
    /// The catalog had no room for a path. Counted; only the first since forget_unlisted() is
    /// logged.
    void note_unlisted(const std::string& path, const ErrorCode& why);
    std::uint64_t unlisted() const noexcept { return unlisted_; }
    void forget_unlisted() noexcept { unlisted_ = 0; }
    /// The next flush notifies the workers even without a change: the content that one of them
    /// waits for is already there.
    void ring();

private:
    using Claim = ipc::CatalogPublication::Claim;
    struct Superseded {
        ipc::FileId file;
        std::uint64_t revision = 0;
    };
    /// The changes of one revision: those of the flush, or of the group under way.
    struct Publication {
        const Claim claim;
        std::optional<ipc::CatalogPublication> changes{};  // none: nothing is announced yet
        std::vector<ipc::FileId> announced{};
        std::vector<Superseded> superseded{};

        std::uint64_t revision() const noexcept { return changes ? changes->revision() : 0; }
    };
    void close_revision();
    bool overlaps_stored(const FindingSet& group) const;
    void end_group();
    void ring_for(const std::vector<ipc::FileId>& announced);
    void remove_superseded(Publication& publication);
    void apply(Finding& finding, Publication& publication, Clock::time_point now);
    void
    place_segment(Finding& finding, ipc::FileId file, ipc::Record& record, Clock::time_point now);
    void claim_revision(Publication& publication);

    const ipc::ObjectDirectory& objects_;
    ipc::CatalogWriter& catalog_;
    ipc::DaemonQueues& queues_;
    Residency& residency_;
    PublicationGroups& groups_;
    std::vector<Finding> pending_;
    Publication publication_{Claim::next};  // of the flush under way
    std::deque<FindingSet> complete_;       // complete groups; the first is being stored
    Publication group_{Claim::ahead};       // of the first group, as far as it is stored
    std::vector<Finding> stored_;  // its findings with segments: closed after the notification
    FindingSet after_group_;       // findings that must follow that group
    bool must_notify_ = false;
    std::uint64_t unlisted_ = 0;  // since forget_unlisted()
};

}  // namespace treecast::daemon
