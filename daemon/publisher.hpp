// Makes findings current: segments, entries, log, header, bell, then the unlinking of what they
// supersede. All that is added before a flush becomes one revision. The daemon's thread.
//
// A group of many files is stored over several turns, under a revision that is claimed ahead; what
// is added meanwhile is published before it, but for files that it has changed already.
#pragma once

#include "daemon/publication_groups.hpp"
#include "daemon/residency.hpp"
#include "ipc/catalog_publication.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/queue_pairs_writer.hpp"
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
        ipc::QueuePairsWriter& queues,
        Residency& residency,
        PublicationGroups& groups
    );

    /// `segment` holds the bytes of observation.sha256, if they are to be resident. What belongs to
    /// a group that is open is published with it.
    void add(
        std::string path,
        Observation observation,
        std::optional<ipc::SegmentWriter> segment = std::nullopt,
        GroupId group = no_group
    );
    /// The next flush makes these one revision; if they are many, store_groups() does.
    void publish_together(FindingSet group);
    /// A group is complete and not published yet.
    bool is_storing() const noexcept { return !complete_.empty(); }
    /// Goes on storing the groups that are complete, until `end`. To be called after a flush.
    void store_groups(Clock::time_point now, Clock::time_point end);
    /// Gives back some entries of deletions that nobody can ask about any more. Whether there are
    /// more.
    bool forget_some() { return catalog_.forget_some(); }
    /// What is held back of the path is not true any more, and what is published is.
    void withdraw(std::string_view path);
    bool has_pending() const noexcept { return !pending_.empty(); }
    /// Forgets what was added since the last flush; returns of which paths it was.
    std::vector<std::string> take_pending();
    /// A group is open, or complete and not published yet.
    bool holds_any() const { return groups_.any() || is_storing(); }
    /// Every file of which something is held back, below a directory ("" is the root), any depth:
    /// the catalog may not know of it yet.
    void for_each_held_below(std::string_view directory, const FindingSet::Visit& visit) const;
    std::vector<std::string> held_below(std::string_view directory) const;
    /// Publishes what was added; a revision is claimed only if something is announced.
    void flush(Clock::time_point now);

    /// Takes a file's content out of shared memory; its record and hash stay.
    void evict(ipc::FileId file);
    /// Whether shared memory has room for `size` bytes once the file's content is out of it.
    bool fits_instead_of(ipc::FileId file, std::uint64_t size) const;
    /// Whether the segment that a record speaks of is there. If not (somebody removed it), the
    /// record says so from then on.
    bool confirm_resident(ipc::FileId file, const ipc::Record& record);
    /// There was no room in the catalog for a path: counted, logged once until there is again.
    void note_unlisted(const std::string& path, const ErrorCode& why);
    std::uint64_t unlisted() const noexcept { return unlisted_; }
    void forget_unlisted() noexcept { unlisted_ = 0; }
    /// Wakes the workers without a change: content that one of them waits for is there already.
    void ring();

private:
    struct Superseded {
        ipc::FileId file;
        std::uint64_t revision = 0;
    };
    /// What is being stored, or was by the flush or group under way.
    struct Publication {
        std::optional<ipc::CatalogPublication> changes;  // none: nothing announced yet
        std::vector<ipc::FileId> announced;
        std::vector<Superseded> superseded;

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
    ipc::QueuePairsWriter& queues_;
    Residency& residency_;
    PublicationGroups& groups_;
    std::vector<Finding> pending_;
    Publication publication_;          // of the flush under way
    std::deque<FindingSet> complete_;  // groups: the first is being stored
    Publication group_;                // the first's, as far as it is stored
    std::vector<Finding> stored_;      // of it, those with segments: closed after the bell
    FindingSet after_group_;           // what has to wait for that one
    bool news_ = false;
    std::uint64_t unlisted_ = 0;  // since forget_unlisted()
};

}  // namespace treecast::daemon
