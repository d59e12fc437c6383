// The writer's parts of one catalog (entries, index, log, pages), and the operations that change
// several of them at once: new entries, stored records, forgotten deletions.
#pragma once

#include "ipc/catalog_entries.hpp"
#include "ipc/catalog_index.hpp"
#include "ipc/catalog_limits.hpp"
#include "ipc/catalog_log.hpp"
#include "ipc/catalog_lookup.hpp"
#include "ipc/catalog_mapping.hpp"
#include "ipc/catalog_pages.hpp"
#include "ipc/catalog_record.hpp"

#include <deque>
#include <memory>

namespace treecast::ipc {

struct CatalogStorage {
    CatalogStorage(std::shared_ptr<CatalogMapping> catalog, CatalogLimits limits);

    std::shared_ptr<CatalogMapping> mapping;
    CatalogLookup lookup;
    CatalogPages pages;
    CatalogEntries entries;
    CatalogIndex index;
    CatalogLog log;

    /// Deletions whose entries have not been freed yet, oldest first.
    struct Deletion {
        std::uint64_t revision = 0;
        FileId file;
    };
    std::deque<Deletion> deletions;
    std::uint64_t files = 0;
    std::uint64_t stale_files = 0;

    /// The revisions of the publications under way; 0: none.
    std::uint64_t revision_next = 0;
    std::uint64_t revision_ahead = 0;
    /// Whether there is a revision left below the one that was claimed ahead.
    bool has_room_before_ahead() const noexcept;

    /// The slot of a directory, root_slot for ""; nullopt if it has no entry.
    std::optional<std::uint32_t> slot_of(std::string_view directory) const;
    /// Makes an entry below a parent that has no child of this name.
    [[nodiscard]] Result<std::uint32_t>
    make(std::string_view path, PathHash hash, std::uint32_t parent, bool is_directory);
    /// Throws std::logic_error if the id was given back.
    std::uint32_t slot_in_use(FileId file) const;
    /// Stores a record. Keeps the directory flag, remembers a deletion and updates the counts.
    void store(std::uint32_t slot, const Record& record);
    /// Publishes the counts in the header.
    void store_counts() noexcept;
    void set_directory(std::uint32_t slot, bool is_directory);

    /// Frees the entry if it is neither a file nor a directory, has no children and has no deletion
    /// to remember. Then does the same for each parent, up to the first that must stay.
    void free_if_idle(std::uint32_t slot);
    static constexpr std::size_t forgotten_at_once_max = 2048;
    /// Forgets at most `count` of the deletions that the log no longer reaches. Returns whether
    /// there are more.
    bool forget_deletions(std::size_t count);

private:
    /// The record of a path that was never announced, or whose deletion was forgotten.
    Record never_announced() const noexcept;
    void forget_date(const Record& deleted) noexcept;
    bool is_idle(std::uint32_t slot) const;
};

}  // namespace treecast::ipc
