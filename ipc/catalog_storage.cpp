#include "ipc/catalog_storage.hpp"

#include "base/tree_path.hpp"
#include "ipc/file_date.hpp"

#include <algorithm>
#include <stdexcept>

namespace treecast::ipc {

namespace {

bool counts_as_file(FileState state) noexcept {
    return state == FileState::present || state == FileState::unavailable;
}

bool is_deletion(const Record& record) noexcept {
    return (record.state == FileState::deleted || record.state == FileState::directory) &&
           record.change_revision != 0;
}

}  // namespace

CatalogStorage::CatalogStorage(std::shared_ptr<CatalogMapping> catalog, CatalogLimits limits)
    : mapping(std::move(catalog)),
      lookup(mapping),
      pages(mapping),
      entries(pages, limits.entries_max),
      index(pages, entries),
      log(pages) {}

std::optional<std::uint32_t> CatalogStorage::slot_of(std::string_view directory) const {
    if (directory.empty())
        return root_slot;
    if (const auto found = lookup.find(directory))
        return found->file.slot();
    return std::nullopt;
}

bool CatalogStorage::has_room_before_ahead() const noexcept {
    return revision_ahead == 0 ||
           pages.header_value(HeaderWord::newest_revision) + 1 < revision_ahead;
}

std::uint32_t CatalogStorage::slot_in_use(FileId file) const {
    if (!entries.in_use(file))
        throw std::logic_error("a change of an entry that was given back");
    return file.slot();
}

Record CatalogStorage::never_announced() const noexcept {
    Record record;
    record.state = FileState::deleted;
    // The path may have had versions before, whose deletion was forgotten.
    record.date_floor = static_cast<std::uint32_t>(pages.header_value(HeaderWord::forgotten_date));
    return record;
}

Result<std::uint32_t> CatalogStorage::make(
    std::string_view path,
    PathHash hash,
    std::uint32_t parent,
    bool is_directory
) {
    if (const ErrorCode error = index.reserve_one())
        return error;
    auto slot = entries.make(parent, name_of(path), hash, {never_announced(), is_directory});
    if (slot)
        index.insert(hash, *slot);
    return slot;
}

void CatalogStorage::store(std::uint32_t slot, const Record& record) {
    const StoredRecord before = entries.record(slot);
    entries.store(slot, {record, before.is_directory || record.state == FileState::directory});

    files -= counts_as_file(before.record.state) ? 1U : 0U;
    files += counts_as_file(record.state) ? 1U : 0U;
    stale_files -= is_stale(before.record) ? 1U : 0U;
    stale_files += is_stale(record) ? 1U : 0U;
    store_counts();
    const bool same_deletion =
        is_deletion(before.record) && before.record.change_revision == record.change_revision;
    if (is_deletion(record) && !same_deletion)
        deletions.push_back({record.change_revision, entries.file_id(slot)});
}

void CatalogStorage::store_counts() noexcept {
    pages.header(HeaderWord::files).store(files, std::memory_order_release);
    pages.header(HeaderWord::stale_files).store(stale_files, std::memory_order_release);
}

void CatalogStorage::set_directory(std::uint32_t slot, bool is_directory) {
    StoredRecord stored = entries.record(slot);
    if (stored.is_directory == is_directory)
        return;
    stored.is_directory = is_directory;
    if (stored.record.state == FileState::directory)
        stored.record.state = FileState::deleted;
    entries.store(slot, stored);
}

bool CatalogStorage::is_idle(std::uint32_t slot) const {
    const Record record = entries.record(slot).record;
    return slot != root_slot && record.state == FileState::deleted && record.change_revision == 0 &&
           entries.first_child(slot) == 0;
}

void CatalogStorage::free_if_idle(std::uint32_t slot) {
    while (is_idle(slot)) {
        const std::uint32_t parent = entries.parent(slot);
        entries.free(slot);
        index.erase(slot);
        slot = parent;
    }
}

/// No response had a date later than the moment of its sending. So the time of the deletion bounds
/// the date, whatever the file's own was.
void CatalogStorage::forget_date(const Record& deleted) noexcept {
    constexpr std::uint64_t us_per_second = 1'000'000;
    const std::uint32_t date = std::min(
        deleted.date_floor,
        date_mark(static_cast<std::int64_t>(deleted.change_revision / us_per_second))
    );
    Word& forgotten = pages.header(HeaderWord::forgotten_date);
    if (static_cast<std::uint32_t>(forgotten.load(std::memory_order_relaxed)) < date)
        forgotten.store(date, std::memory_order_release);
}

bool CatalogStorage::forget_deletions(std::size_t count) {
    for (; count > 0 && !deletions.empty() && deletions.front().revision <= log.floor(); --count) {
        const Deletion deletion = deletions.front();
        deletions.pop_front();
        if (!entries.in_use(deletion.file))
            continue;
        const std::uint32_t slot = deletion.file.slot();
        StoredRecord stored = entries.record(slot);
        if (!is_deletion(stored.record) || stored.record.change_revision != deletion.revision)
            continue;

        // This is stored before the entry is freed: a reader that no longer finds the entry must
        // see here that it may have been deleted.
        Word& forgotten = pages.header(HeaderWord::forgotten_revision);
        if (forgotten.load(std::memory_order_relaxed) < deletion.revision)
            forgotten.store(deletion.revision, std::memory_order_release);
        forget_date(stored.record);
        stored.record = never_announced();
        entries.store(slot, stored);
        free_if_idle(slot);
    }
    return !deletions.empty() && deletions.front().revision <= log.floor();
}

}  // namespace treecast::ipc
