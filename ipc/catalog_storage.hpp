// The writer's parts of one catalog (entries, index, log, pages), and what changes several of them
// at once: new entries, records, deletions that are forgotten.
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

    /// Deletions that the log may still hold, oldest first.
    struct Deletion {
        std::uint64_t revision = 0;
        FileId file;
    };
    std::deque<Deletion> deletions;
    std::uint64_t files = 0;
    std::uint64_t stale_files = 0;

    /// Of the publications under way; 0: there is none.
    std::uint64_t revision_next = 0;
    std::uint64_t revision_ahead = 0;
    /// Whether there is a revision left below the one that was claimed ahead.
    bool has_room_before_ahead() const noexcept;

    /// The slot of a directory, root_slot for ""; nullopt if it has no entry.
    std::optional<std::uint32_t> slot_of(std::string_view directory) const;
    /// An entry below a parent that has no child of this name.
    [[nodiscard]] Result<std::uint32_t>
    make(std::string_view path, PathHash hash, std::uint32_t parent, bool is_directory);
    /// Throws std::logic_error if the id was given back.
    std::uint32_t slot_in_use(FileId file) const;
    /// Stores a record; keeps the directory flag, remembers a deletion, counts files.
    void store(std::uint32_t slot, const Record& record);
    /// Stores the counts where readers find them.
    void store_counts() noexcept;
    void set_directory(std::uint32_t slot, bool is_directory);

    /// Frees the entry, and the directories above it that are none any more, as far as nothing
    /// lies below them and nobody can still ask about them.
    void free_if_idle(std::uint32_t slot);
    static constexpr std::size_t forgotten_at_once_max = 2048;
    /// Goes through at most `count` of the deletions that the log no longer reaches. Whether there
    /// are more.
    bool forget_deletions(std::size_t count);

private:
    /// Of a path that nobody was told of, as far as is known.
    Record never_announced() const noexcept;
    void forget_date(const Record& deleted) noexcept;
    bool is_idle(std::uint32_t slot) const;
};

}  // namespace treecast::ipc
