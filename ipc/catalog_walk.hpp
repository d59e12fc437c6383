// The readers' walks over the entries: over all slots, and beneath a prefix along the links from
// parents to children, which the writer changes meanwhile without a lock.
//
// They trust none of the words they read. A walk along the links takes at most two steps for each
// slot that the object has room for, and does not recurse. It keeps 16 bytes for each entry that
// waits for its visit, and 4 for each that it has visited.
#pragma once

#include "ipc/catalog_lookup.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::ipc {

/// See CatalogReader::walk.
void walk_slots(
    const CatalogLookup& lookup,
    std::uint32_t after_slot,
    const std::function<bool(FileId, const Record&)>& visit
);

/// One walk beneath a prefix, as CatalogReader::walk_below.
class CatalogWalk {
public:
    using Visitor = std::function<bool(FileId, const Record&, std::string_view path)>;

    /// All three outlive the walk.
    CatalogWalk(const CatalogLookup& lookup, std::string_view prefix, const Visitor& visit);

    /// Descends from the deepest directory that the prefix names. False if it gave up, because the
    /// links are being made anew, are damaged, or change too often: call search_slots() then.
    [[nodiscard]] bool follow_links();
    /// Walks all slots, and visits the entries that follow_links() has not visited.
    void search_slots();

private:
    struct Pending {
        FileId file;
        std::uint32_t directory_bytes = 0;  // length of the path of its directory
    };
    enum class Listing { complete, disturbed, impossible };

    std::optional<FileId> find_directory() const;
    /// False where the walk has to give up.
    bool push_children(FileId directory);
    Listing list_children(FileId directory);

    const CatalogLookup& lookup_;
    const std::string_view prefix_;
    const Visitor& visit_;
    const std::uint64_t relinks_;  // the header's, before the walk
    std::uint64_t steps_left_;
    std::vector<Pending> pending_;        // a stack; those of a directory lie next to each other
    std::string path_;                    // of the last entry from the stack
    std::vector<std::uint32_t> visited_;  // slots
};

}  // namespace treecast::ipc
