#include "ipc/catalog_log.hpp"

#include <algorithm>
#include <bit>

namespace treecast::ipc {

RegionDescriptor CatalogLog::published(const CatalogPages& pages) noexcept {
    return RegionDescriptor::unpack(pages.header_value(HeaderWord::log));
}

ErrorCode CatalogLog::make(std::uint32_t slots) {
    RegionDescriptor log;
    log.log2_slots = static_cast<std::uint8_t>(std::bit_width(std::bit_ceil(slots)) - 1);
    const auto page = pages_.allocate(pages(log));
    if (!page)
        return page.error();
    log.page = *page;
    pages_.header(HeaderWord::log).store(log.pack(), std::memory_order_release);
    table_ = pages_.words(log.page);
    mask_ = log.slots() - 1;
    return {};
}

bool CatalogLog::adopt(std::uint64_t next) {
    const RegionDescriptor log = published(pages_);
    table_ = pages_.words(log.page);
    mask_ = log.slots() - 1;
    head_ = pages_.header_value(HeaderWord::log_head);

    std::uint64_t newer = next;
    for (std::uint64_t back = 1; back <= std::min(head_, mask_ + 1); ++back) {
        const std::uint64_t revision = record(head_ - back)[0].load(std::memory_order_relaxed);
        // Its writer may have died while it overwrote the oldest record, so skip that one.
        if (revision > newer && back <= mask_)
            return false;
        newer = revision;
    }
    return floor() <= next;
}

void CatalogLog::reset(std::uint64_t floor) {
    pages_.header(HeaderWord::log_floor).store(floor, std::memory_order_release);
    for (std::uint64_t i = 0; i < (mask_ + 1) * log_record_words; ++i)
        table_[i].store(0, std::memory_order_release);
    head_ = 0;
    pages_.header(HeaderWord::log_head).store(0, std::memory_order_release);
}

void CatalogLog::append(std::uint64_t revision, FileId file) noexcept {
    Word* slot = record(head_);
    const std::uint64_t overwritten = slot[0].load(std::memory_order_relaxed);
    if (overwritten > floor())
        pages_.header(HeaderWord::log_floor).store(overwritten, std::memory_order_release);
    slot[0].store(revision, std::memory_order_release);
    slot[1].store(file.value, std::memory_order_release);
    pages_.header(HeaderWord::log_head).store(++head_, std::memory_order_release);
}

}  // namespace treecast::ipc
