// Makes observations current: segments, entries, log, header, bell, then the unlinking of what
// they supersede. All that is added before a flush becomes one revision. The daemon's thread.
#pragma once

#include "daemon/residency.hpp"
#include "daemon/transition.hpp"
#include "daemon/work_list.hpp"
#include "ipc/catalog_writer.hpp"
#include "ipc/queue_pairs_writer.hpp"
#include "ipc/segment_writer.hpp"

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
    /// What was held back is published by the next flush.
    void let_go(ReleaseId release);
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
    void close_revision();
    void apply(Pending& pending, Clock::time_point now);
    void
    place_segment(Pending& pending, ipc::FileId file, ipc::Record& record, Clock::time_point now);
    std::uint64_t claim_revision();

    const ipc::ObjectDirectory& objects_;
    ipc::CatalogWriter& catalog_;
    ipc::QueuePairsWriter& queues_;
    Residency& residency_;
    std::vector<Pending> pending_;
    std::map<ReleaseId, Held> held_;
    std::vector<Superseded> superseded_;
    std::uint64_t revision_ = 0;  // of the publication under way; 0: nothing announced yet
    ipc::FileId announced_;
    std::uint64_t announced_count_ = 0;
    bool news_ = false;
    std::uint64_t unlisted_ = 0;  // since forget_unlisted()
};

}  // namespace treecast::daemon
