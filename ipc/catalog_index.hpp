// The writer's half of the path index: open addressing with linear probing, at most 0.6 full,
// tombstones included. It grows by being built anew beside and switched by one store.
#pragma once

#include "ipc/catalog_entries.hpp"
#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_pages.hpp"

#include <functional>

namespace treecast::ipc {

class CatalogIndex {
public:
    CatalogIndex(CatalogPages& pages, CatalogEntries& entries);

    /// Makes room for one more path. Errc::no_memory only when it is nearly full: until then a
    /// full tmpfs makes lookups slower, nothing else.
    [[nodiscard]] ErrorCode reserve_one();
    /// After reserve_one().
    void insert(PathHash hash, std::uint32_t slot) noexcept;
    void erase(std::uint32_t slot) noexcept;

    /// An index of `paths` paths that `fill` inserts, one call of insert() each, and that no
    /// reader sees before publish(). The region of the last one must be known to the caller.
    [[nodiscard]] ErrorCode start(std::uint64_t paths);
    void publish() noexcept;
    /// For adoption where there is no room for another: goes on with the published index, in
    /// which the caller has to find every path.
    void keep_published() noexcept;
    /// Whether so many more fit beyond what is there; nearly full is enough.
    bool has_room_for(std::uint64_t missing) const noexcept;
    /// Calls `visit` with each slot whose tag is that of `hash`, for as long as it returns true.
    void for_each_like(PathHash hash, const std::function<bool(std::uint32_t)>& visit) const;

    /// Of the published index, for adoption.
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
