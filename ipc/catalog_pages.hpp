// Allocates runs of pages in the catalog for the writer, and extends the object.
//
// fallocate(2) reserves memory before anything is stored there, so that a full tmpfs is an error
// and not SIGBUS. Pages that are given back are reused but never removed from the object, because a
// reader may still read them.
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

    /// Returns the first page of `pages` pages, all words 0. Errc::no_memory if the tmpfs is full,
    /// Errc::catalog_full if the mapped range is full.
    [[nodiscard]] Result<std::uint32_t> allocate(std::uint64_t pages);
    void give_back(Extent extent);

    /// For adoption: frees all pages up to the capacity that are not in `used`. False if two of
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
