// The writer's pages of the catalog: allocates runs of pages, and makes the object longer.
//
// Room is allocated by fallocate(2) before anything is stored there: a full tmpfs is an error,
// never SIGBUS. What is given back is used again, never cut out of the object, because a
// reader may still look at it.
#pragma once

#include "base/error.hpp"
#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_mapping.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace treecast::ipc {

/// A run of pages.
struct Extent {
    std::uint64_t page = 0;
    std::uint64_t pages = 0;
};

class CatalogPages {
public:
    explicit CatalogPages(std::shared_ptr<CatalogMapping> mapping);

    Word& header(HeaderWord word) noexcept { return words_[static_cast<std::uint32_t>(word)]; }
    std::uint64_t header_value(HeaderWord word) const noexcept {
        return words_[static_cast<std::uint32_t>(word)].load(std::memory_order_relaxed);
    }
    void store_header(HeaderWord word, std::uint64_t value) noexcept {
        header(word).store(value, std::memory_order_release);
    }
    Word* words(std::uint64_t page) noexcept { return words_ + page * page_words; }
    Word* chunk_table() noexcept { return words_ + chunk_table_word; }
    std::uint64_t capacity_bytes() const noexcept { return header_value(HeaderWord::capacity); }

    /// The first page of `pages` pages, all words 0. Errc::no_memory if the tmpfs is full,
    /// Errc::catalog_full if the mapped range is.
    [[nodiscard]] Result<std::uint32_t> allocate(std::uint64_t pages);
    void give_back(Extent extent);

    /// For adoption: whatever up to the capacity is not in `used` is free. False if two of
    /// `used` overlap or one lies outside.
    [[nodiscard]] bool set_used(std::vector<Extent> used);

private:
    [[nodiscard]] ErrorCode extend(std::uint64_t pages);

    std::shared_ptr<CatalogMapping> mapping_;
    Word* words_;
    std::map<std::uint64_t, std::uint64_t> free_;  // page to pages; no two touch
};

/// Allocates pages of `fd` from `offset` on. Errc::no_memory for a full file system.
[[nodiscard]] ErrorCode allocate_pages(int fd, std::uint64_t offset, std::uint64_t bytes);

}  // namespace treecast::ipc
