// What one answer of the feed lists, and where a list of changes is cut. Pure.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/feed/feed_cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace treecast::proxy {

struct ListedFile {
    ipc::FileId file;
    ipc::Record record;
    std::string path;
};

using ListedFiles = std::vector<ListedFile>;

/// Whether the file is gone, by its record. Else it can be served, or it is unavailable.
bool is_deletion(const ipc::Record& record) noexcept;

struct FeedPage {
    ListedFiles files;
    FeedCursor cursor;
    bool more = false;  // the state at `cursor` is not one that the tree had: ask again at once
};

/// Sorts changed files by their newest change, and keeps `limit` of them, but all of a revision of
/// which it keeps one. `until`: every change up to this revision is among them.
FeedPage cut_changes(
    std::vector<ListedFile> changed,
    std::uint64_t epoch,
    std::uint64_t until,
    std::size_t limit
);

}  // namespace treecast::proxy
