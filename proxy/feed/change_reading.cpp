#include "proxy/feed/change_reading.hpp"

#include "proxy/feed/interest_walk.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

/// Publications may end while the changes before them are read; after so many the bell is awaited.
constexpr int attempts_max = 4;

void sort_and_drop_repeated(std::vector<ipc::FileId>& files) {
    std::ranges::sort(files, {}, &ipc::FileId::value);
    files.erase(std::unique(files.begin(), files.end()), files.end());
}

void add_from_log(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const std::vector<ipc::LogRecord>& log,
    std::vector<ipc::FileId>& files
) {
    std::vector<ipc::FileId> logged;
    logged.reserve(log.size());
    for (const ipc::LogRecord& record : log)
        logged.push_back(record.file);
    sort_and_drop_repeated(logged);
    for (const ipc::FileId file : logged)
        if (const auto path = catalog.path(file); path && interest.matches(*path))
            files.push_back(file);
}

void extend(const ipc::CatalogReader& catalog, const Interest& interest, ChangedFiles& changed) {
    const std::uint64_t newest = catalog.newest_revision();
    if (newest <= changed.until)
        return;
    std::vector<ipc::LogRecord> log;
    if (catalog.changes_since(changed.until, log)) {
        add_from_log(catalog, interest, log, changed.files);
        changed.until = log.empty() ? newest : std::max(newest, log.back().revision);
    } else {
        walk_interest(catalog, interest, [&](ipc::FileId file, const ipc::Record& record) {
            if (record.change_revision > changed.until)
                changed.files.push_back(file);
            return true;
        });
        changed.until = newest;
    }
}

std::vector<ListedFile> read_files(
    const ipc::CatalogReader& catalog,
    const std::vector<ipc::FileId>& files,
    std::uint64_t after
) {
    std::vector<ListedFile> listed;
    for (const ipc::FileId file : files) {
        const auto record = catalog.read(file);
        if (!record || record->change_revision <= after)
            continue;
        if (auto path = catalog.path(file))
            listed.push_back({file, *record, std::move(*path)});
    }
    return listed;
}

}  // namespace

bool is_known(const ipc::CatalogReader& catalog, const FeedCursor& after) noexcept {
    const auto [epoch, revision] = after.version;
    const std::uint64_t newest = std::max(revision, after.place ? after.place->seen : 0);
    return epoch == catalog.epoch() && newest <= catalog.claimed_revision() &&
           revision >= catalog.forgotten_revision();
}

std::optional<FeedPage> read_changes(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    std::uint64_t after,
    ChangedFiles& changed,
    std::size_t limit
) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        extend(catalog, interest, changed);
        sort_and_drop_repeated(changed.files);
        auto listed = read_files(catalog, changed.files, after);
        const bool is_whole = std::ranges::all_of(listed, [&](const ListedFile& file) {
            return file.record.change_revision <= changed.until;
        });
        if (is_whole)
            return cut_changes(std::move(listed), catalog.epoch(), changed.until, limit);
        if (catalog.newest_revision() <= changed.until)  // it is still under way
            break;
    }
    return std::nullopt;
}

}  // namespace treecast::proxy
