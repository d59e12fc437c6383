#include "proxy/feed/snapshot_reading.hpp"

#include "proxy/feed/interest_walk.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

/// Where many more files match than a page lists, a walk by slots finds a page's files sooner than
/// a walk through all of them.
constexpr std::size_t files_walked_max = 16 * 4096;

bool is_listed(const ipc::Record& record) noexcept {
    return record.state == ipc::FileState::present || record.state == ipc::FileState::unavailable;
}

bool by_slot(ipc::FileId left, ipc::FileId right) noexcept {
    return left.slot() < right.slot();
}

/// Collects ids of files to be listed, and the newest change of all that it was shown.
class Collection {
public:
    explicit Collection(SnapshotPlace from) : from_(from), seen_(from.seen) {}

    void add(ipc::FileId file, const ipc::Record& record) {
        seen_ = std::max(seen_, record.change_revision);
        if (is_listed(record) && file.slot() > from_.slot)
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
    std::size_t walked = 0;
    walk_interest(catalog, interest, [&](ipc::FileId file, const ipc::Record& record) {
        collection.add(file, record);
        return ++walked <= files_walked_max;
    });
    return walked <= files_walked_max;
}

void collect_by_slot(
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
    walk_interest_by_slot(catalog, interest, from.slot, visit);
}

Collection collect(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    SnapshotPlace from,
    std::size_t files_max
) {
    const bool is_whole_tree = interest.prefixes().contains("");
    Collection collection(from);
    if (!is_whole_tree && collect_by_walk(catalog, interest, collection))
        return collection;
    Collection again(from);
    collect_by_slot(catalog, interest, from, files_max, again);
    return again;
}

}  // namespace

SnapshotPart read_snapshot_part(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    SnapshotPlace from,
    std::size_t limit
) {
    Collection collection = collect(catalog, interest, from, limit + 1);
    SnapshotPart part;
    part.reached = {from.slot, collection.seen()};
    std::vector<ipc::FileId> files = collection.take_files();
    part.is_last = files.size() <= limit;
    if (!part.is_last)
        files.resize(limit);
    part.files.reserve(files.size());
    for (const ipc::FileId file : files) {
        part.reached.slot = file.slot();
        const auto record = catalog.read(file);
        auto path = catalog.path(file);
        if (record)
            part.reached.seen = std::max(part.reached.seen, record->change_revision);
        if (record && path && is_listed(*record))
            part.files.push_back({file, *record, std::move(*path)});
    }
    return part;
}

FeedCursor cursor_after(const SnapshotPart& part, Version revision) noexcept {
    if (part.is_last)
        return {revision, std::nullopt};
    return {revision, part.reached};
}

bool has_more_after(const SnapshotPart& part, Version revision) noexcept {
    return !part.is_last || part.reached.seen > revision.revision;
}

}  // namespace treecast::proxy
