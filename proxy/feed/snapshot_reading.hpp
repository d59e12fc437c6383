// Reads the present state of the files of an interest from the catalog, in pages. Any thread.
//
// A page is in the order of the catalog's slots, in which entries stay. A file that changes while
// the pages are read is listed as it was or as it is. In the second case the last page says `more`,
// and the changes after the snapshot's revision make the state whole, once they are published.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/feed/feed_page.hpp"
#include "proxy/feed/interest.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace treecast::proxy {

/// The files that can be listed after a place; {} is the beginning. There are fewer than the limit,
/// perhaps none, where many entries were looked at and do not match.
struct SnapshotPart {
    std::vector<ListedFile> files;
    SnapshotPlace reached;  // the last slot that was listed; the newest change of what was seen
    bool is_last = false;
};

SnapshotPart read_snapshot_part(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    SnapshotPlace from,
    std::size_t limit
);

/// The place in the cursor of a page that ends with such a part; none after the last one, unless
/// that shows something of a publication under way. `newest`: the newest revision since. Pure.
std::optional<SnapshotPlace> place_after(const SnapshotPart& part, std::uint64_t newest) noexcept;

}  // namespace treecast::proxy
