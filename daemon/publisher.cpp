#include "daemon/publisher.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <sys/statvfs.h>

namespace treecast::daemon {

namespace {

// What a release may hold back in loaded content: each has a descriptor and takes shared memory
// beside the version that it supersedes.
constexpr std::size_t held_segments_max = 512;
constexpr std::uint64_t held_bytes_max = std::uint64_t{64} << 20;

constexpr std::size_t applied_a_beat = 4096;
constexpr std::size_t stored_at_once = 1024;  // more of a release are stored over several turns
constexpr std::size_t stored_a_look_at_the_clock = 32;

}  // namespace

Publisher::Publisher(
    const ipc::ObjectDirectory& objects,
    ipc::CatalogWriter& catalog,
    ipc::QueuePairsWriter& queues,
    Residency& residency
)
    : objects_(objects), catalog_(catalog), queues_(queues), residency_(residency) {}

void Publisher::add(
    std::string path,
    Observation observation,
    std::optional<ipc::SegmentWriter> segment,
    ReleaseId release
) {
    withdraw(path);  // an older observation must not come after this one
    const auto found = held_.find(release);
    if (found == held_.end() || is_let_go(release)) {
        pending_.push_back({std::move(path), observation, std::move(segment)});
        return;
    }
    Held& held = found->second;
    if (segment) {
        ++held.segments;
        held.bytes += segment->size();
    }
    std::string key = path;
    held.pending.insert_or_assign(
        std::move(key),
        Pending{std::move(path), observation, std::move(segment)}
    );
    if (held.segments > held_segments_max || held.bytes > held_bytes_max) {
        log::warn(
            "a release of more than {} files or {} bytes is published in parts",
            held_segments_max,
            held_bytes_max
        );
        let_go(release);
    }
}

void Publisher::let_go(ReleaseId release) {
    const auto found = held_.find(release);
    if (found == held_.end() || is_let_go(release))
        return;
    if (found->second.pending.size() > stored_at_once || overlaps_stored(found->second)) {
        let_go_.push_back(release);
        return;
    }
    for (auto& [path, pending] : found->second.pending)
        pending_.push_back(std::move(pending));
    held_.erase(found);
}

void Publisher::withdraw(std::string_view path) {
    for (auto& [id, held] : held_)
        if (const auto found = held.pending.find(path); found != held.pending.end())
            held.pending.erase(found);
}

std::vector<std::string> Publisher::take_pending() {
    std::vector<std::string> paths;
    for (Pending& pending : pending_)
        paths.push_back(std::move(pending.path));
    pending_.clear();
    for (const ReleaseId release : let_go_) {
        auto& pending = held_.find(release)->second.pending;
        for (auto& [path, observation] : pending)
            paths.push_back(path);
        pending.clear();
    }
    return paths;
}

void Publisher::for_each_held_below(
    std::string_view directory,
    const std::function<void(const std::string& path, const watcher::FileStat&)>& visit
) const {
    const std::string prefix = directory.empty() ? std::string() : std::string(directory) + '/';
    for (const auto& [id, held] : held_)
        for (auto at = held.pending.lower_bound(prefix);
             at != held.pending.end() && at->first.starts_with(prefix);
             ++at)
            visit(at->first, at->second.observation.stat);
}

std::vector<std::string> Publisher::held_below(std::string_view directory) const {
    std::vector<std::string> paths;
    for_each_held_below(directory, [&](const std::string& path, const auto&) {
        paths.push_back(path);
    });
    return paths;
}

void Publisher::flush(Clock::time_point now) {
    if (pending_.empty() && !news_)
        return;
    while (is_storing() && !catalog_.has_room_before())
        store_releases(now, now);
    std::size_t applied = 0;
    for (Pending& pending : pending_) {
        apply(pending, publication_, now);
        if (++applied % applied_a_beat == 0)
            catalog_.beat();  // what takes long is no hanging
    }
    close_revision();
    ring_for(publication_.announced);
    publication_.announced.clear();
    pending_.clear();  // only now: its segments are closed after the bell
    remove_superseded(publication_);
}

void Publisher::store_releases(Clock::time_point now, Clock::time_point end) {
    if (let_go_.empty())
        return;
    auto& pending = held_.find(let_go_.front())->second.pending;
    do {
        for (std::size_t i = 0; i < stored_a_look_at_the_clock && !pending.empty(); ++i) {
            auto first = pending.extract(pending.begin());
            apply(first.mapped(), release_, now);
            if (first.mapped().segment)
                stored_.push_back(std::move(first.mapped()));
        }
    } while (!pending.empty() && Clock::now() < end);
    if (pending.empty())
        end_release();
}

/// Makes it current. What had to wait for it comes next.
void Publisher::end_release() {
    held_.erase(let_go_.front());
    let_go_.pop_front();
    if (release_.changes)
        release_.changes->commit(real_time_us());
    release_.changes.reset();
    ring_for(release_.announced);
    release_.announced = {};
    stored_.clear();
    remove_superseded(release_);
    let_go(after_release_--);
}

void Publisher::ring_for(const std::vector<ipc::FileId>& announced) {
    catalog_.set_residency(residency_.files(), residency_.bytes());
    residency_.set_catalog_bytes(catalog_.capacity_bytes());
    if (std::exchange(news_, false) || !announced.empty())
        queues_.ring(
            {.epoch = catalog_.epoch(),
             .revision = catalog_.newest_revision(),
             .file = announced.size() == 1 ? announced.front() : ipc::FileId()}
        );
}

void Publisher::remove_superseded(Publication& publication) {
    for (const Superseded& old : publication.superseded)
        ipc::remove_segment(objects_, old.file, old.revision);
    publication.superseded.clear();
}

void Publisher::close_revision() {
    publication_.changes.reset();  // its end makes it current
}

/// Of a file that has been stored already the release under way has to be published first.
bool Publisher::overlaps_stored(const Held& held) const {
    if (!release_.changes)
        return false;
    for (const auto& [path, pending] : held.pending)
        if (const auto file = catalog_.find(path);
            file && catalog_.read(*file).change_revision == release_.revision())
            return true;
    return false;
}

void Publisher::apply(Pending& pending, Publication& publication, Clock::time_point now) {
    if (pending.observation.deleted && !catalog_.find(pending.path))
        return;
    const auto file = catalog_.find_or_make(pending.path);
    if (!file) {
        note_unlisted(pending.path, file.error());
        return;
    }
    const ipc::Record before = catalog_.read(*file);
    auto [record, announce] = transition(before, pending.observation);
    const bool is_change = announce == Announce::change || announce == Announce::content;
    // A second change of one file takes another revision: its segment is named by it.
    if (is_change && release_.changes && before.change_revision == release_.revision()) {
        held_[after_release_].pending.insert_or_assign(pending.path, std::move(pending));
        return;
    }
    if (publication_.changes && before.change_revision == publication_.revision())
        close_revision();
    if (is_change) {
        claim_revision(publication);
        record.change_revision = publication.revision();
    }
    if (announce == Announce::content)
        record.content_revision = record.change_revision;

    const bool keeps_segment =
        before.resident && announce != Announce::content && record.state == ipc::FileState::present;
    if (before.resident && !keeps_segment) {
        publication.superseded.push_back({*file, before.content_revision});
        residency_.remove(*file);
        record.resident = false;
    }
    place_segment(pending, *file, record, now);
    if (ipc::is_stale(before) != ipc::is_stale(record))
        residency_.spare(*file, ipc::is_stale(record));

    if (is_change) {
        publication.changes->announce(*file, record);
        publication.announced.push_back(*file);
        log::debug("{}: revision {}", pending.path, record.change_revision);
    } else if (record != before) {
        catalog_.store(*file, record);
        news_ =
            news_ || record.resident != before.resident || record.hash_known != before.hash_known;
    }
}

void Publisher::place_segment(
    Pending& pending,
    ipc::FileId file,
    ipc::Record& record,
    Clock::time_point now
) {
    if (!pending.segment)
        return;
    if (record.resident) {  // the same bytes are there; ours go with `pending`
        residency_.use(file);
        news_ = true;
        return;
    }
    auto error = pending.segment->publish(file, record.content_revision);
    if (error && error.value() == EEXIST) {
        // Left by a predecessor that died between naming the segment and publishing it.
        ipc::remove_segment(objects_, file, record.content_revision);
        error = pending.segment->publish(file, record.content_revision);
    }
    if (error) {
        log::error("{}: cannot name its segment: {}", pending.path, error.message());
        return;
    }
    record.resident = true;
    residency_.add(file, record.size, now);
}

void Publisher::claim_revision(Publication& publication) {
    using Claim = ipc::CatalogPublication::Claim;
    if (!publication.changes)
        publication.changes
            .emplace(catalog_, real_time_us(), &publication == &release_ ? Claim::ahead : Claim::next);
}

void Publisher::evict(ipc::FileId file) {
    ipc::Record record = catalog_.read(file);
    residency_.remove(file);
    if (!record.resident)
        return;
    record.resident = false;
    catalog_.store(file, record);
    ipc::remove_segment(objects_, file, record.content_revision);
}

bool Publisher::fits_instead_of(ipc::FileId file, std::uint64_t size) const {
    struct statvfs room {};
    const ipc::Record record = catalog_.read(file);
    if (!record.resident || ::fstatvfs(objects_.descriptor(), &room) != 0)
        return false;
    return room.f_bavail * room.f_frsize + ipc::segment_cost(record.size) >=
           ipc::segment_cost(size);
}

bool Publisher::confirm_resident(ipc::FileId file, const ipc::Record& record) {
    if (ipc::segment_exists(objects_, file, record.content_revision))
        return true;
    log::error("a segment of {} is missing; loading it again", catalog_.path(file));
    evict(file);
    return false;
}

void Publisher::note_unlisted(const std::string& path, const ErrorCode& why) {
    if (unlisted_++ == 0)
        log::error("/{}: cannot be listed: {}", path, why.message());
}

void Publisher::ring() {
    news_ = true;
}

}  // namespace treecast::daemon
