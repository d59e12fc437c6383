#include "daemon/intake.hpp"

#include "base/tree_path.hpp"
#include "daemon/record_match.hpp"
#include "watcher/change_set.hpp"

#include <set>

namespace treecast::daemon {

Intake::Intake(
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
)
    : watcher_(watcher),
      catalog_(catalog),
      publisher_(publisher),
      residency_(residency),
      works_(works),
      hard_links_(hard_links),
      open_files_(open_files),
      groups_(groups),
      policy_(policy),
      root_device_(root_device) {}

void Intake::take(watcher::Batch&& batch, const NoteTime& when) {
    // Files of a lost directory become one revision, but only after the grace.
    if (!batch.gone_directories.empty()) {
        const GroupId gone = groups_.open({}, when.now);
        for (const std::string& directory : batch.gone_directories) {
            drop_listings_in(directory);
            lose_directory(directory, gone, when);
        }
    }
    for (const std::string& path : batch.doubtful) {
        backlog_.doubt(path);
        read_below(path, when);
    }
    for (watcher::Listing& listing : batch.listings)
        take(std::move(listing), when);
    for (const watcher::Change& change : batch.changes)
        take(change, when);
}

void Intake::read_below(const std::string& path, const NoteTime& when) {
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
        note(below, {.closed = true}, when);
}

void Intake::take(const watcher::Change& change, const NoteTime& when) {
    open_files_.note(change.path, change.openers, when.now);
    const bool is_of_name = change.signs.arrived || change.signs.created || change.signs.gone;
    if (!is_of_name)
        for (const std::string& sibling : hard_links_.siblings(change.path))
            open_files_.note(sibling, change.openers, when.now);
    if (change.signs == watcher::Signs()) {
        note_closed(change.path, when.now);
        for (const std::string& sibling : hard_links_.siblings(change.path))
            note_closed(sibling, when.now);
        return;
    }
    note(change.path, change.signs, when);
    if (is_of_name)
        hard_links_.doubt(change.path);
    const watcher::Signs shared = watcher::shared_by_names(change.signs);
    if (shared != watcher::Signs())
        for (const std::string& sibling : hard_links_.siblings(change.path))
            note(sibling, shared, when);
}

void Intake::note_closed(std::string_view path, Clock::time_point now) {
    Work* const work = works_.find(path);
    if (work != nullptr && !open_files_.is_open(path, now) && work->on_last_close())
        works_.schedule(*work, std::max(now, work->pause.until()));
}

void Intake::note(std::string_view path, const watcher::Signs& signs, const NoteTime& when) {
    Work& work = note_member(path, signs, when);
    works_.set_in_bulk(work, false);
    const bool is_open = open_files_.is_open(path, when.now);
    works_.schedule_unless_busy(work, work.on_signs(signs, is_open, when.now));
}

void Intake::take(const ipc::Request& request, const NoteTime& when) {
    if (request.epoch != catalog_.epoch())
        return;  // of an older catalog; its worker repeats the request
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
        Work& work = note_member(catalog_.path(file), {}, when);
        work.is_wanted = true;
        works_.set_in_bulk(work, false);
        if (!work.writer.is_waited_for())
            works_.schedule_unless_busy(work, when.now);
    }
}

void Intake::look_for_names(const std::vector<HardLinks::Identity>& files, const NoteTime& when) {
    std::set<std::pair<std::uint32_t, std::uint64_t>> searched;
    for (const auto& [device, inode] : files)
        searched.emplace(ipc::pack_device(device), inode);
    catalog_.for_each_below("", [&](ipc::FileId file, const ipc::Record& record) {
        if (is_known(record) && searched.contains({record.device, record.inode}))
            look_now(catalog_.path(file), when);
    });
    publisher_.for_each_held_below("", [&](const std::string& path, const auto& stat) {
        if (searched.contains({ipc::pack_device(stat.device), stat.inode}))
            look_now(path, when);
    });
    // Which file a load reads is known only when it ends.
    for (const std::string& path : works_.busy())
        look_now(path, when);
}

bool Intake::is_foreign(std::string_view path) const {
    return !foreign_directories_.empty() &&
           foreign_directories_.contains(std::string(parent_of(path)));
}

void Intake::repair(const std::string& path, const NoteTime& when) {
    // Reads the bytes whatever stat says, since the change may not show in stat.
    if (const auto file = catalog_.find(path); file && is_known(catalog_.read(*file)))
        note(path, {.closed = true}, when);
}

void Intake::read_again(const std::vector<std::string>& paths, const NoteTime& when) {
    for (const std::string& path : paths)
        note(path, {.closed = true}, when);
}

void Intake::look_now(std::string_view path, const NoteTime& when, GroupId group) {
    const bool is_new = works_.find(path) == nullptr;
    Work& work = note_member(path, {}, when);
    if (is_new)
        works_.set_in_bulk(work, true);
    groups_.join(work.membership, group);
    works_.schedule_unless_busy(work, when.now);
}

Work& Intake::note_member(
    std::string_view path,
    const watcher::Signs& signs,
    const NoteTime& when
) {
    Work& work = works_.note(path, signs, when.as_of);
    // What was loaded for somebody is outdated before it was published.
    work.is_wanted = work.is_wanted || publisher_.holds_content_of(path);
    if (const GroupId group = groups_.group_of(path); group != no_group) {
        groups_.join(work.membership, group);
        work.is_exchanged = true;
    }
    return work;
}

}  // namespace treecast::daemon
