#include "proxy/feed/snapshot_reading.hpp"

#include "proxy/feed/interest_walk.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace treecast::proxy {

namespace {

/// The most entries that a page looks at, so that nobody waits long for the worker. A walk through
/// all of a larger interest, only to list a page of it, is given up for one by slots, which goes on
/// where the page before ended.
constexpr std::size_t entries_max = 16'384;

bool by_slot(ipc::FileId left, ipc::FileId right) noexcept {
    return left.slot() < right.slot();
}

/// Collects ids of files to be listed, and the newest change of all that it was shown.
class Collection {
public:
    explicit Collection(SnapshotPlace from) : from_(from), seen_(from.seen) {}

    void add(ipc::FileId file, const ipc::Record& record) {
        seen_ = std::max(seen_, record.change_revision);
        if (!is_deletion(record) && file.slot() > from_.slot)
            files_.push_back(file);
    }
    std::size_t size() const noexcept { return files_.size(); }
    std::uint64_t seen() const noexcept { return seen_; }
    /// Sorted by slot; walks may show an entry twice.
    std::vector<ipc::FileId> take_files() {
        std::ranges::sort(files_, by_slot);
        files_.erase(std::unique(files_.begin(), files_.end()), files_.end());
        return std::move(files_);
    }

private:
    SnapshotPlace from_;
    std::uint64_t seen_;
    std::vector<ipc::FileId> files_;
};

/// Returns false if there are too many.
bool collect_by_walk(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    Collection& collection
) {
    const auto visit = [&](ipc::FileId file, const ipc::Record& record) {
        collection.add(file, record);
        return true;
    };
    return walk_interest(catalog, interest, visit, entries_max);
}

/// Returns the slot at which it stopped although there may be more.
std::optional<std::uint32_t> collect_by_slot(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    SnapshotPlace from,
    std::size_t files_max,
    Collection& collection
) {
    const auto visit = [&](ipc::FileId file, const ipc::Record& record) {
        collection.add(file, record);
        return collection.size() < files_max;
    };
    return walk_interest_by_slot(catalog, interest, from.slot, visit, entries_max);
}

struct Collected {
    Collection collection;
    std::optional<std::uint32_t> stopped_at{};
};

Collected collect(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    SnapshotPlace from,
    std::size_t files_max
) {
    const std::vector<std::string> roots = interest.roots();
    const bool is_whole_tree = !roots.empty() && roots.front().empty();
    Collected collected{Collection(from)};
    if (!is_whole_tree && collect_by_walk(catalog, interest, collected.collection))
        return collected;
    collected.collection = Collection(from);
    collected.stopped_at =
        collect_by_slot(catalog, interest, from, files_max, collected.collection);
    return collected;
}

}  // namespace

SnapshotPart read_snapshot_part(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    SnapshotPlace from,
    std::size_t limit
) {
    Collected collected = collect(catalog, interest, from, limit + 1);
    SnapshotPart part;
    part.reached = {from.slot, collected.collection.seen()};
    std::vector<ipc::FileId> files = collected.collection.take_files();
    const bool is_cut = files.size() > limit;
    part.is_last = !is_cut && !collected.stopped_at;
    if (is_cut)
        files.resize(limit);
    part.files.reserve(files.size());
    for (const ipc::FileId file : files) {
        part.reached.slot = file.slot();
        const auto record = catalog.read(file);
        auto path = catalog.path(file);
        if (record)
            part.reached.seen = std::max(part.reached.seen, record->change_revision);
        if (record && path && !is_deletion(*record))
            part.files.push_back({file, *record, std::move(*path)});
    }
    if (!is_cut && collected.stopped_at)
        part.reached.slot = *collected.stopped_at;
    return part;
}

std::optional<SnapshotPlace> place_after(const SnapshotPart& part, std::uint64_t newest) noexcept {
    if (!part.is_last)
        return part.reached;
    if (part.reached.seen > newest)
        return SnapshotPlace{SnapshotPlace::end_slot, part.reached.seen};
    return std::nullopt;
}

}  // namespace treecast::proxy
