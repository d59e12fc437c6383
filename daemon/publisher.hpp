// Makes observations current: segments, entries, log, header, bell, then the unlinking of what
// they supersede. All that is added before a flush becomes one revision. The daemon's thread.
//
// A release of many files is stored over several turns, under a revision that is claimed ahead;
// what is added meanwhile is published before it, but for files that it has changed already.
#pragma once

#include "daemon/residency.hpp"
#include "daemon/transition.hpp"
#include "daemon/work_list.hpp"
#include "ipc/catalog_publication.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/queue_pairs_writer.hpp"
#include "ipc/segment_writer.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
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
        Residency& residency
    );

    /// `segment` holds the bytes of observation.sha256, if they are to be resident. What belongs to
    /// a release that is held back is published with it.
    void add(
        std::string path,
        Observation observation,
        std::optional<ipc::SegmentWriter> segment = std::nullopt,
        ReleaseId release = no_release
    );
    /// Begins to hold back what is added for this release.
    void hold(ReleaseId release) { held_.emplace(release, Held()); }
    /// What was held back is published by the next flush; if that is much, by store_releases().
    void let_go(ReleaseId release);
    /// A release is let go and not published yet.
    bool is_storing() const noexcept { return !let_go_.empty(); }
    /// Goes on storing what was let go, until `end`. To be called after a flush.
    void store_releases(Clock::time_point now, Clock::time_point end);
    /// Gives back some entries of deletions that nobody can ask about any more. Whether there are
    /// more.
    bool forget_some() { return catalog_.forget_some(); }
    /// What is held back of the path is not true any more, and what is published is.
    void withdraw(std::string_view path);
    bool has_pending() const noexcept { return !pending_.empty(); }
    /// Forgets what was added since the last flush; returns of which paths it was.
    std::vector<std::string> take_pending();
    bool holds_any() const { return !held_.empty(); }
    /// Every file of which something is held back, below a directory ("" is the root), any depth:
    /// the catalog may not know of it yet.
    void for_each_held_below(
        std::string_view directory,
        const std::function<void(const std::string& path, const watcher::FileStat&)>& visit
    ) const;
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
    struct Pending {
        std::string path;
        Observation observation;
        std::optional<ipc::SegmentWriter> segment;
    };
    /// At most one for each path: the newest counts.
    struct Held {
        std::map<std::string, Pending, std::less<>> pending;
        std::size_t segments = 0;
        std::uint64_t bytes = 0;
    };
    struct Superseded {
        ipc::FileId file;
        std::uint64_t revision = 0;
    };
    /// What is being stored, or was by the flush or release under way.
    struct Publication {
        std::optional<ipc::CatalogPublication> changes;  // none: nothing announced yet
        std::vector<ipc::FileId> announced;
        std::vector<Superseded> superseded;

        std::uint64_t revision() const noexcept { return changes ? changes->revision() : 0; }
    };
    bool is_let_go(ReleaseId release) const {
        return std::ranges::find(let_go_, release) != let_go_.end();
    }
    void close_revision();
    bool overlaps_stored(const Held& held) const;
    void end_release();
    void ring_for(const std::vector<ipc::FileId>& announced);
    void remove_superseded(Publication& publication);
    void apply(Pending& pending, Publication& publication, Clock::time_point now);
    void
    place_segment(Pending& pending, ipc::FileId file, ipc::Record& record, Clock::time_point now);
    void claim_revision(Publication& publication);

    const ipc::ObjectDirectory& objects_;
    ipc::CatalogWriter& catalog_;
    ipc::QueuePairsWriter& queues_;
    Residency& residency_;
    std::vector<Pending> pending_;
    std::map<ReleaseId, Held> held_;
    Publication publication_;       // of the flush under way
    std::deque<ReleaseId> let_go_;  // of held_; the first is being stored
    /// Holds what has to wait for that one; as many releases of our own as there were such.
    ReleaseId after_release_ = ~ReleaseId{0};
    Publication release_;          // the first's, as far as it is stored
    std::vector<Pending> stored_;  // of it, those with segments: closed after the bell
    bool news_ = false;
    std::uint64_t unlisted_ = 0;  // since forget_unlisted()
};

}  // namespace treecast::daemon
