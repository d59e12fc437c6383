#include "daemon/publisher.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "daemon/transition.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <sys/statvfs.h>

namespace treecast::daemon {

namespace {

constexpr std::size_t applied_a_beat = 4096;
constexpr std::size_t stored_at_once = 1024;  // larger groups are stored over several turns
constexpr std::size_t stored_a_look_at_the_clock = 32;

}  // namespace

Publisher::Publisher(
    const ipc::ObjectDirectory& objects,
    ipc::CatalogWriter& catalog,
    ipc::DaemonQueues& queues,
    Residency& residency,
    PublicationGroups& groups
)
    : objects_(objects),
      catalog_(catalog),
      queues_(queues),
      residency_(residency),
      groups_(groups) {}

void Publisher::add(
    std::string path,
    Observation observation,
    std::optional<ipc::SegmentWriter> segment,
    GroupId group
) {
    withdraw(path);  // an older observation must not be published after this one
    Finding finding{std::move(path), observation, std::move(segment)};
    if (!groups_.hold(group, finding))
        pending_.push_back(std::move(finding));
}

void Publisher::regroup() {
    std::erase_if(pending_, [this](Finding& finding) {
        return groups_.hold(groups_.group_of(finding.path), finding);
    });
}

std::vector<std::string> Publisher::pending_paths() const {
    std::vector<std::string> paths;
    for (const Finding& finding : pending_)
        paths.push_back(finding.path);
    return paths;
}

void Publisher::publish_together(FindingSet group) {
    if (group.size() > stored_at_once || overlaps_stored(group)) {
        complete_.push_back(std::move(group));
        return;
    }
    while (!group.empty())
        pending_.push_back(group.take_first());
}

void Publisher::withdraw(std::string_view path) {
    groups_.withdraw(path);
    for (FindingSet& group : complete_)
        group.withdraw(path);
    after_group_.withdraw(path);
}

bool Publisher::holds_content_of(std::string_view path) const {
    return groups_.holds_content_of(path) ||
           std::ranges::any_of(
               complete_,
               [path](const FindingSet& group) {
                   return group.has_content_of(path);
               }
           ) ||
           after_group_.has_content_of(path);
}

std::vector<std::string> Publisher::take_pending() {
    std::vector<std::string> paths;
    for (Finding& finding : pending_)
        paths.push_back(std::move(finding.path));
    pending_.clear();
    for (FindingSet& group : complete_) {
        group.for_each_below("", [&](const std::string& path, const auto&) {
            paths.push_back(path);
        });
        group.clear();
    }
    return paths;
}

void Publisher::for_each_held_below(std::string_view directory, const FindingSet::Visit& visit)
    const {
    groups_.for_each_held_below(directory, visit);
    for (const FindingSet& group : complete_)
        group.for_each_below(directory, visit);
    after_group_.for_each_below(directory, visit);
}

std::vector<std::string> Publisher::held_below(std::string_view directory) const {
    std::vector<std::string> paths;
    for_each_held_below(directory, [&](const std::string& path, const auto&) {
        paths.push_back(path);
    });
    return paths;
}

void Publisher::flush(Clock::time_point now) {
    if (pending_.empty() && !must_notify_)
        return;
    while (is_storing() && !catalog_.has_room_before())
        store_groups(now, now);
    std::size_t applied = 0;
    for (Finding& finding : pending_) {
        apply(finding, publication_, now);
        if (++applied % applied_a_beat == 0)
            catalog_.beat();  // so that a long flush does not look like a hang
    }
    close_revision();
    ring_for(publication_.announced);
    publication_.announced.clear();
    pending_.clear();  // only now: its segments are closed after the notification
    remove_superseded(publication_);
}

void Publisher::store_groups(Clock::time_point now, Clock::time_point end) {
    if (complete_.empty())
        return;
    FindingSet& group = complete_.front();
    do {
        for (std::size_t i = 0; i < stored_a_look_at_the_clock && !group.empty(); ++i) {
            Finding finding = group.take_first();
            apply(finding, group_, now);
            if (finding.segment)
                stored_.push_back(std::move(finding));
        }
    } while (!group.empty() && Clock::now() < end);
    if (group.empty())
        end_group();
}

/// Publishes the group. Findings that had to wait for it come next.
void Publisher::end_group() {
    complete_.pop_front();
    if (group_.changes)
        group_.changes->commit(real_time_us());
    group_.changes.reset();
    ring_for(group_.announced);
    group_.announced = {};
    stored_.clear();
    remove_superseded(group_);
    publish_together(std::exchange(after_group_, {}));
}

void Publisher::ring_for(const std::vector<ipc::FileId>& announced) {
    catalog_.set_residency(residency_.files(), residency_.bytes());
    residency_.set_catalog_bytes(catalog_.capacity_bytes());
    if (std::exchange(must_notify_, false) || !announced.empty())
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
    publication_.changes.reset();  // the destructor publishes the revision
}

/// Whether the group has a file that the group under way has already stored, which must be
/// published first.
bool Publisher::overlaps_stored(const FindingSet& group) const {
    if (!group_.changes)
        return false;
    return group.any_path([this](const std::string& path) {
        const auto file = catalog_.find(path);
        return file && catalog_.read(*file).change_revision == group_.revision();
    });
}

void Publisher::apply(Finding& finding, Publication& publication, Clock::time_point now) {
    if (finding.observation.deleted && !catalog_.find(finding.path))
        return;
    const auto file = catalog_.find_or_make(finding.path);
    if (!file) {
        note_unlisted(finding.path, file.error());
        return;
    }
    const ipc::Record before = catalog_.read(*file);
    auto [record, announcement] = transition(before, finding.observation);
    const bool is_change =
        announcement == Announcement::change || announcement == Announcement::content;
    // A second change of one file takes another revision, since its segment is named by the
    // revision.
    if (is_change && group_.changes && before.change_revision == group_.revision()) {
        after_group_.add(std::move(finding));
        return;
    }
    if (publication_.changes && before.change_revision == publication_.revision())
        close_revision();
    if (is_change) {
        claim_revision(publication);
        record.change_revision = publication.revision();
    }
    if (announcement == Announcement::content)
        record.content_revision = record.change_revision;

    const bool keeps_segment = before.resident && announcement != Announcement::content &&
                               record.state == ipc::FileState::present;
    if (before.resident && !keeps_segment) {
        publication.superseded.push_back({*file, before.content_revision});
        residency_.remove(*file);
        record.resident = false;
    }
    place_segment(finding, *file, record, now);
    if (ipc::is_stale(before) != ipc::is_stale(record))
        residency_.spare(*file, ipc::is_stale(record));

    if (is_change) {
        publication.changes->announce(*file, record);
        publication.announced.push_back(*file);
        log::debug("{}: revision {}", finding.path, record.change_revision);
    } else if (record != before) {
        catalog_.store(*file, record);
        must_notify_ = must_notify_ || record.resident != before.resident ||
                       record.hash_known != before.hash_known;
    }
}

void Publisher::place_segment(
    Finding& finding,
    ipc::FileId file,
    ipc::Record& record,
    Clock::time_point now
) {
    if (!finding.segment)
        return;
    if (record.resident) {  // the same bytes are there; ours are freed with `finding`
        residency_.use(file);
        must_notify_ = true;
        return;
    }
    auto error = finding.segment->publish(file, record.content_revision);
    if (error && error.value() == EEXIST) {
        // A predecessor left it, which died between naming the segment and publishing it.
        ipc::remove_segment(objects_, file, record.content_revision);
        error = finding.segment->publish(file, record.content_revision);
    }
    if (error) {
        log::error("{}: cannot name its segment: {}", finding.path, error.message());
        return;
    }
    record.resident = true;
    residency_.add(file, record.size, now);
}

void Publisher::claim_revision(Publication& publication) {
    if (!publication.changes)
        publication.changes.emplace(catalog_, real_time_us(), publication.claim);
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
    must_notify_ = true;
}

}  // namespace treecast::daemon
