// The writer's half of the path index: open addressing with linear probing. It is at most 0.6 full,
// tombstones included, or 0.9 when memory is short. To grow it, the writer builds another one
// beside it and switches by one store.
#pragma once

#include "ipc/catalog_entries.hpp"
#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_pages.hpp"

#include <functional>

namespace treecast::ipc {

class CatalogIndex {
public:
    CatalogIndex(CatalogPages& pages, CatalogEntries& entries);

    /// Makes room for one more path. Fails only when the index is nearly full: until then a full
    /// tmpfs only makes lookups slower.
    [[nodiscard]] ErrorCode reserve_one();
    /// Call reserve_one() first.
    void insert(PathHash hash, std::uint32_t slot) noexcept;
    void erase(std::uint32_t slot) noexcept;

    /// Begins an empty index with room for `paths` paths. The caller inserts them and then calls
    /// publish(); no reader sees the index before. The caller gives back the old index's pages.
    [[nodiscard]] ErrorCode start(std::uint64_t paths);
    void publish() noexcept;
    /// For adoption without memory for another index: continues with the published one. The caller
    /// checks that it holds every path and inserts those that are missing.
    void keep_published() noexcept;
    /// Whether `missing` more paths fit, up to 0.9 full.
    bool has_room_for(std::uint64_t missing) const noexcept;
    /// Calls `visit` for each slot whose tag is that of `hash`, until it returns false.
    void for_each_like(PathHash hash, const std::function<bool(std::uint32_t)>& visit) const;

    /// The published index. For adoption.
    static RegionDescriptor published(const CatalogPages& pages) noexcept;
    static std::uint64_t pages(RegionDescriptor index) noexcept {
        return pages_for_words(index.slots());
    }

private:
    [[nodiscard]] ErrorCode rebuild(std::uint64_t paths);

    CatalogPages& pages_;
    CatalogEntries& entries_;
    RegionDescriptor place_;
    Word* table_ = nullptr;
    std::uint64_t live_ = 0;
    std::uint64_t tombstones_ = 0;
};

}  // namespace treecast::ipc
