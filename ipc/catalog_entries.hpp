// The writer's half of the entries: allocates and frees slots, stores names and records, and links
// each entry to its parent and siblings.
//
// The writer fills an entry before the one store that makes it valid. The store that ends an entry
// precedes any reuse of its words. So a writer that is killed at any point leaves each entry whole
// or absent. One store links an entry or unlinks it, so readers may follow the links from parents
// to children and from each sibling to the next (catalog_walk.hpp). Only the writer follows the
// links back, and the list of free slots. Adoption rebuilds all of them.
#pragma once

#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_pages.hpp"

#include <string_view>
#include <vector>

namespace treecast::ipc {

class CatalogEntries {
public:
    CatalogEntries(CatalogPages& pages, std::uint32_t entries_max);

    /// How many slots there are, used or not.
    std::uint32_t slots() const noexcept {
        return static_cast<std::uint32_t>(chunks_.size()) * chunk_slots;
    }
    Word* words(std::uint32_t slot) noexcept {
        return chunks_[slot / chunk_slots] + std::uint64_t{slot % chunk_slots} * entry_words;
    }
    const Word* words(std::uint32_t slot) const noexcept {
        return chunks_[slot / chunk_slots] + std::uint64_t{slot % chunk_slots} * entry_words;
    }

    /// Makes an entry with the record `fresh`, in state `deleted` with revisions 0.
    /// Errc::catalog_full, Errc::no_memory.
    [[nodiscard]] Result<std::uint32_t>
    make(std::uint32_t parent, std::string_view name, PathHash hash, const StoredRecord& fresh);
    /// Frees an entry without children.
    void free(std::uint32_t slot);

    StoredRecord record(std::uint32_t slot) const noexcept;
    void store(std::uint32_t slot, const StoredRecord& stored) noexcept;

    FileId file_id(std::uint32_t slot) const noexcept;
    bool in_use(FileId file) const noexcept;
    std::uint32_t parent(std::uint32_t slot) const noexcept;
    std::uint32_t first_child(std::uint32_t slot) const noexcept;
    std::uint32_t next_sibling(std::uint32_t slot) const noexcept;
    std::uint32_t index_position(std::uint32_t slot) const noexcept;

    // The functions below are for creation and adoption.
    [[nodiscard]] ErrorCode add_chunk();
    /// Adopts the chunks that the header names; the caller has checked them.
    void adopt_chunks();
    /// Links every entry in use to its parent, and frees every slot for which `is_used` is false.
    /// `is_used` has a bit for each slot, and is true for the slots of long names too. The header's
    /// `relinks` is odd meanwhile, since readers would see directories without their children.
    void relink(const std::vector<bool>& is_used);

private:
    /// The index of the first word of the entry's valid record.
    std::uint32_t current_record(std::uint32_t slot) const noexcept;
    [[nodiscard]] Result<std::uint32_t> allocate_slot();
    void free_slot(std::uint32_t slot) noexcept;
    void link(std::uint32_t slot, std::uint32_t parent) noexcept;
    void unlink(std::uint32_t slot) noexcept;
    void set_first_child(std::uint32_t slot, std::uint32_t child) noexcept;
    void set_siblings(std::uint32_t slot, std::uint32_t next, std::uint32_t previous) noexcept;

    CatalogPages& pages_;
    std::uint32_t slots_max_;
    std::vector<Word*> chunks_;
    std::uint32_t first_free_ = 0;   // list through the siblings word; 0 ends it
    std::uint32_t first_fresh_ = 1;  // from here on no slot was ever used; 0 is the root
};

}  // namespace treecast::ipc
