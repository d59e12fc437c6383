#include "ipc/catalog_index.hpp"

namespace treecast::ipc {

namespace {

constexpr std::uint8_t log2_slots_min = 12;

/// The size of an index that is at most half full with `paths` paths, so that a tenth of the slots
/// can change before the next rebuild.
std::uint8_t log2_slots_for(std::uint64_t paths) noexcept {
    std::uint8_t log2_slots = log2_slots_min;
    while (std::uint64_t{1} << log2_slots < paths * 2)
        ++log2_slots;
    return log2_slots;
}

}  // namespace

CatalogIndex::CatalogIndex(CatalogPages& pages, CatalogEntries& entries)
    : pages_(pages), entries_(entries) {}

RegionDescriptor CatalogIndex::published(const CatalogPages& pages) noexcept {
    return RegionDescriptor::unpack(pages.header_value(HeaderWord::index));
}

ErrorCode CatalogIndex::start(std::uint64_t paths) {
    RegionDescriptor next;
    next.log2_slots = log2_slots_for(paths);
    next.generation = (published(pages_).generation + 1) & 0xffffff;
    const auto page = pages_.allocate(pages(next));
    if (!page)
        return page.error();
    next.page = *page;
    place_ = next;
    table_ = pages_.words(next.page);
    live_ = 0;
    tombstones_ = 0;
    return {};
}

void CatalogIndex::publish() noexcept {
    pages_.header(HeaderWord::index).store(place_.pack(), std::memory_order_release);
}

void CatalogIndex::keep_published() noexcept {
    place_ = published(pages_);
    table_ = pages_.words(place_.page);
    live_ = 0;
    tombstones_ = 0;
    for (std::uint64_t i = 0; i < place_.slots(); ++i) {
        const std::uint64_t word = table_[i].load(std::memory_order_relaxed);
        live_ += low_half(word) >= 2 ? 1U : 0U;
        tombstones_ += word != index_empty && low_half(word) < 2 ? 1U : 0U;
    }
}

bool CatalogIndex::has_room_for(std::uint64_t missing) const noexcept {
    return (live_ + tombstones_ + missing) * 10 <= place_.slots() * 9;
}

ErrorCode CatalogIndex::rebuild(std::uint64_t paths) {
    const RegionDescriptor old = place_;
    Word* const old_table = table_;
    if (const ErrorCode error = start(paths))
        return error;
    for (std::uint64_t i = 0; i < old.slots(); ++i) {
        const std::uint64_t word = old_table[i].load(std::memory_order_relaxed);
        if (low_half(word) < 2)
            continue;
        const std::uint32_t slot = low_half(word) - 2;
        insert({entries_.index_position(slot), high_half(word)}, slot);
    }
    publish();
    pages_.give_back({old.page, pages(old)});
    return {};
}

ErrorCode CatalogIndex::reserve_one() {
    const std::uint64_t used = live_ + tombstones_ + 1;
    if (used * 5 <= place_.slots() * 3)
        return {};
    const ErrorCode error = rebuild(live_ + 1);
    return has_room_for(1) ? ErrorCode() : error;
}

void CatalogIndex::insert(PathHash hash, std::uint32_t slot) noexcept {
    const std::uint64_t mask = place_.slots() - 1;
    for (std::uint64_t i = hash.position & mask;; i = (i + 1) & mask) {
        const std::uint64_t word = table_[i].load(std::memory_order_relaxed);
        if (word != index_empty && word != index_tombstone)
            continue;
        tombstones_ -= word == index_tombstone ? 1U : 0U;
        ++live_;
        table_[i].store(pack_index_slot(hash.tag, slot), std::memory_order_release);
        return;
    }
}

void CatalogIndex::erase(std::uint32_t slot) noexcept {
    const std::uint64_t mask = place_.slots() - 1;
    for (std::uint64_t i = entries_.index_position(slot) & mask;; i = (i + 1) & mask) {
        const std::uint64_t word = table_[i].load(std::memory_order_relaxed);
        if (word == index_empty)
            return;
        if (low_half(word) != slot + 2)
            continue;
        table_[i].store(index_tombstone, std::memory_order_release);
        --live_;
        ++tombstones_;
        return;
    }
}

void CatalogIndex::for_each_like(PathHash hash, const std::function<bool(std::uint32_t)>& visit)
    const {
    const std::uint64_t mask = place_.slots() - 1;
    for (std::uint64_t i = hash.position & mask;; i = (i + 1) & mask) {
        const std::uint64_t word = table_[i].load(std::memory_order_relaxed);
        if (word == index_empty)
            return;
        if (low_half(word) >= 2 && high_half(word) == hash.tag && !visit(low_half(word) - 2))
            return;
    }
}

}  // namespace treecast::ipc
