#include "daemon/intake.hpp"

#include "base/tree_path.hpp"
#include "watcher/change_set.hpp"

#include <set>

namespace treecast::daemon {

namespace {

// A writer that is still in the file: look when it pauses, but not ever later.
constexpr std::chrono::milliseconds modified_pause{50};
constexpr std::chrono::milliseconds modified_delay_max{500};

bool may_be_inside(const watcher::Signs& signs) {
    return signs.modified && !signs.closed && !signs.arrived && !signs.gone;
}

}  // namespace

ipc::UnavailableReason refusal_by_stat(const ServePolicy& policy, const watcher::FileStat& stat) {
    if (!policy.serve_private && (stat.mode & S_IROTH) == 0)
        return ipc::UnavailableReason::private_file;
    if (stat.size > policy.file_size_max)
        return ipc::UnavailableReason::too_large;
    return ipc::UnavailableReason::none;
}

Intake::Intake(
    const watcher::Watcher& watcher,
    ipc::CatalogWriter& catalog,
    Publisher& publisher,
    Residency& residency,
    WorkList& works,
    HardLinks& hard_links,
    OpenFiles& open_files,
    Releases& releases,
    const ServePolicy& policy,
    std::uint64_t root_device
)
    : watcher_(watcher),
      catalog_(catalog),
      publisher_(publisher),
      residency_(residency),
      works_(works),
      hard_links_(hard_links),
      open_files_(open_files),
      releases_(releases),
      policy_(policy),
      root_device_(root_device) {}

void Intake::take(watcher::Batch&& batch, Clock::time_point now) {
    if (!batch.exchanged.empty())
        open_release(batch.exchanged, now);
    // What went with a directory goes in one revision, but after the grace.
    if (!batch.gone_directories.empty()) {
        const ReleaseId gone = open_release({}, now);
        for (const std::string& directory : batch.gone_directories) {
            drop_listings_in(directory);
            lose_directory(directory, gone, now);
        }
    }
    for (const std::string& path : batch.doubtful) {
        backlog_.doubt(path);
        read_below(path, now);
    }
    for (watcher::Listing& listing : batch.listings)
        take(std::move(listing), now);
    for (const watcher::Change& change : batch.changes)
        take(change, now);
}

void Intake::read_below(const std::string& path, Clock::time_point now) {
    std::vector<std::string> paths;
    if (const auto file = catalog_.find(path); file && is_known(catalog_.read(*file)))
        paths.push_back(path);
    catalog_.for_each_below(path, [&](ipc::FileId file, const ipc::Record& record) {
        if (is_known(record))
            paths.push_back(catalog_.path(file));
    });
    publisher_.for_each_held_below(path, [&](const std::string& held, const auto&) {
        paths.push_back(held);
    });
    for (const std::string& below : paths)
        note(below, {.closed = true}, now);
}

ReleaseId Intake::open_release(const std::vector<std::string>& paths, Clock::time_point now) {
    const ReleaseId release = releases_.open(paths, now);
    publisher_.hold(release);
    return release;
}

void Intake::take(const watcher::Change& change, Clock::time_point now) {
    open_files_.take(change.path, change.openers, now);
    const bool is_of_name = change.signs.arrived || change.signs.created || change.signs.gone;
    if (!is_of_name)
        for (const std::string& sibling : hard_links_.siblings(change.path))
            open_files_.take(sibling, change.openers, now);
    if (change.signs == watcher::Signs()) {
        note_closed(change.path, now);
        for (const std::string& sibling : hard_links_.siblings(change.path))
            note_closed(sibling, now);
        return;
    }
    note(change.path, change.signs, now);
    if (is_of_name)
        hard_links_.doubt(change.path);
    const watcher::Signs shared = watcher::shared_by_names(change.signs);
    if (shared != watcher::Signs())
        for (const std::string& sibling : hard_links_.siblings(change.path))
            note(sibling, shared, now);
}

void Intake::note_closed(std::string_view path, Clock::time_point now) {
    Work* const work = works_.find(path);
    if (work == nullptr || work->loading || !work->writer_inside || !work->signs.closed ||
        open_files_.is_open(path, now))
        return;
    work->writer_since.reset();
    work->writer_inside = false;
    work->begin_anew();
    works_.schedule(*work, std::max(now, work->not_before));
}

void Intake::note(std::string_view path, const watcher::Signs& signs, Clock::time_point now) {
    Work& work = note_member(path, signs);
    works_.set_in_bulk(work, false);
    auto due = now;
    if (signs.arrived) {  // another file: the one before it backed off, not this one
        work.rested = {};
        work.moves = false;
        work.setbacks.on_arrival();
    }
    if (signs.arrived || signs.closed)
        work.begin_anew();
    if (may_be_inside(signs)) {
        work.modified_last = now;
        if (!work.modified_first)
            work.modified_first = now;
        if (!work.writer_since || signs.reopened) {
            work.writer_since = now;
            work.largest_bytes = 0;
        }
        due = std::min(now + modified_pause, *work.modified_first + modified_delay_max);
    } else if (signs.closed || signs.arrived) {
        work.modified_first.reset();
        work.writer_inside = false;
        if (!open_files_.is_open(path, now))  // somebody else's close is not the writer's
            work.writer_since.reset();
    }
    if (!work.loading)
        works_.schedule(work, std::max(due, work.not_before));
}

void Intake::take(const ipc::Request& request, Clock::time_point now) {
    if (request.epoch != catalog_.epoch())
        return;  // of a catalog that is no more; its worker asks again
    for (const ipc::FileId file : request.files) {
        if (request.kind == ipc::RequestKind::in_use) {
            residency_.use(file);
            continue;
        }
        const ipc::Record record = catalog_.read(file);
        if (record.state != ipc::FileState::present)
            continue;
        if (record.resident && record.hash_known && publisher_.confirm_resident(file, record)) {
            publisher_.ring();
            continue;
        }
        Work& work = works_.note(catalog_.path(file), {});
        work.wanted = true;
        works_.set_in_bulk(work, false);
        if (!work.loading && !work.writer_inside)
            works_.schedule(work, now);
    }
}

void Intake::look_for_names(const std::vector<HardLinks::Identity>& files, Clock::time_point now) {
    std::set<std::pair<std::uint32_t, std::uint64_t>> searched;
    for (const auto& [device, inode] : files)
        searched.emplace(ipc::pack_device(device), inode);
    catalog_.for_each_below("", [&](ipc::FileId file, const ipc::Record& record) {
        if (is_known(record) && searched.contains({record.device, record.inode}))
            look_now(catalog_.path(file), now);
    });
    publisher_.for_each_held_below("", [&](const std::string& path, const auto& stat) {
        if (searched.contains({ipc::pack_device(stat.device), stat.inode}))
            look_now(path, now);
    });
    // Of what is being loaded only its end tells which file it was.
    for (const std::string& path : works_.loading())
        look_now(path, now);
}

bool Intake::is_foreign(std::string_view path) const {
    return !foreign_directories_.empty() &&
           foreign_directories_.contains(std::string(parent_of(path)));
}

void Intake::repair(const std::string& path, Clock::time_point now) {
    // Its bytes are read again whatever stat says: that is what may have been missed.
    if (const auto file = catalog_.find(path); file && is_known(catalog_.read(*file)))
        note(path, {.closed = true}, now);
}

void Intake::read_again(const std::vector<std::string>& paths, Clock::time_point now) {
    for (const std::string& path : paths)
        note(path, {.closed = true}, now);
}

void Intake::look_now(std::string_view path, Clock::time_point now, ReleaseId release) {
    const bool is_new = works_.find(path) == nullptr;
    Work& work = note_member(path, {});
    if (is_new)
        works_.set_in_bulk(work, true);
    works_.join(work, release);
    if (!work.loading)
        works_.schedule(work, now);
}

Work& Intake::note_member(std::string_view path, const watcher::Signs& signs) {
    Work& work = works_.note(path, signs);
    if (const ReleaseId release = releases_.find(path); release != no_release) {
        works_.join(work, release);
        work.exchanged = true;
    }
    return work;
}

}  // namespace treecast::daemon
