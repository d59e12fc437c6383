// Reads from the catalog what changed of the files of an interest since a revision. Any thread.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/feed/feed_page.hpp"
#include "proxy/feed/interest.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace treecast::proxy {

/// Whether the changes after a cursor can be said: it is of this epoch and not of the future, and
/// no deletion after it is forgotten.
bool is_known(const ipc::CatalogReader& catalog, const FeedCursor& after) noexcept;

/// The files of an interest that changed after some revision and up to `until`, perhaps repeated.
struct ChangedFiles {
    std::vector<ipc::FileId> files{};
    std::uint64_t until = 0;
};

/// Continues `changed` up to the newest revision, and lists the files that changed after `after`,
/// each with its newest state, deleted ones too. If is_known() does not hold afterwards, something
/// may be missing.
///
/// nullopt: a publication that concerns one of them is under way. Its other files cannot be listed
/// yet, and its revision must not be split. When it is published, the bell rings.
std::optional<FeedPage> read_changes(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    std::uint64_t after,
    ChangedFiles& changed,
    std::size_t limit
);

}  // namespace treecast::proxy
