// The writer's half of the change log, a ring of {revision, file id}.
#pragma once

#include "ipc/catalog_layout.hpp"
#include "ipc/catalog_pages.hpp"

namespace treecast::ipc {

class CatalogLog {
public:
    explicit CatalogLog(CatalogPages& pages) : pages_(pages) {}

    /// Makes the log of a new catalog.
    [[nodiscard]] ErrorCode make(std::uint32_t slots);
    /// Adopts the published log. False if its revisions are not in order, or would not be with
    /// `next` appended: our writers never leave such a log. The caller then calls reset().
    [[nodiscard]] bool adopt(std::uint64_t next);
    /// Empties the log and sets its floor.
    void reset(std::uint64_t floor);

    /// Raises the floor to the overwritten revision, then writes the record, then moves the head.
    void append(std::uint64_t revision, FileId file) noexcept;
    std::uint64_t floor() const noexcept { return pages_.header_value(HeaderWord::log_floor); }

    static RegionDescriptor published(const CatalogPages& pages) noexcept;
    static std::uint64_t pages(RegionDescriptor log) noexcept {
        return pages_for_words(log.slots() * log_record_words);
    }

private:
    Word* record(std::uint64_t number) noexcept {
        return table_ + (number & mask_) * log_record_words;
    }

    CatalogPages& pages_;
    Word* table_ = nullptr;
    std::uint64_t mask_ = 0;
    std::uint64_t head_ = 0;
};

}  // namespace treecast::ipc
