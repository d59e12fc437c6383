#include "ipc/catalog_pages.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>

namespace treecast::ipc {

ErrorCode allocate_pages(int fd, std::uint64_t offset, std::uint64_t bytes) {
    while (::fallocate(fd, 0, static_cast<off_t>(offset), static_cast<off_t>(bytes)) != 0) {
        if (errno == ENOSPC || errno == EDQUOT || errno == ENOMEM)
            return Errc::no_memory;
        if (errno != EINTR)
            return last_system_error();
    }
    return {};
}

CatalogPages::CatalogPages(std::shared_ptr<CatalogMapping> mapping)
    : mapping_(std::move(mapping)), words_(mapping_->words()) {}

ErrorCode CatalogPages::extend(std::uint64_t pages) {
    const std::uint64_t capacity = capacity_bytes();
    const std::uint64_t bytes = pages * page_bytes;
    if (capacity + bytes > mapping_->bytes())
        return Errc::catalog_full;
    if (const ErrorCode error = allocate_pages(mapping_->descriptor(), capacity, bytes))
        return error;
    // One call instead of a fault for each page. A kernel before 5.14 rejects it, without harm.
    ::madvise(words(capacity / page_bytes), bytes, MADV_POPULATE_WRITE);
    give_back({capacity / page_bytes, pages});
    header(HeaderWord::capacity).store(capacity + bytes, std::memory_order_release);
    return {};
}

Result<std::uint32_t> CatalogPages::allocate(std::uint64_t pages) {
    const auto smallest_fit = [&] {
        auto best = free_.end();
        for (auto run = free_.begin(); run != free_.end(); ++run)
            if (run->second >= pages && (best == free_.end() || run->second < best->second))
                best = run;
        return best;
    };

    auto run = smallest_fit();
    const std::uint64_t old_end = capacity_bytes() / page_bytes;
    if (run == free_.end()) {
        std::uint64_t at_end = 0;
        if (!free_.empty() && free_.rbegin()->first + free_.rbegin()->second == old_end)
            at_end = free_.rbegin()->second;
        if (const ErrorCode error = extend(pages - at_end))
            return error;
        run = smallest_fit();
    }
    const auto [page, run_pages] = *run;
    free_.erase(run);
    if (run_pages > pages)
        free_.emplace(page + pages, run_pages - pages);

    // The pages that fallocate() has just added are zero already.
    const std::uint64_t used_before = std::min(page + pages, std::max(page, old_end)) - page;
    for (std::uint64_t i = 0; i < used_before * page_words; ++i)
        words(page)[i].store(0, std::memory_order_release);
    return static_cast<std::uint32_t>(page);
}

void CatalogPages::give_back(Extent extent) {
    const auto after = free_.lower_bound(extent.page);
    if (after != free_.end() && extent.page + extent.pages == after->first) {
        extent.pages += after->second;
        free_.erase(after);
    }
    const auto next = free_.lower_bound(extent.page);
    if (next != free_.begin()) {
        const auto before = std::prev(next);
        if (before->first + before->second == extent.page) {
            before->second += extent.pages;
            return;
        }
    }
    free_.emplace(extent.page, extent.pages);
}

bool CatalogPages::set_used(std::vector<Extent> used) {
    std::sort(used.begin(), used.end(), [](const Extent& left, const Extent& right) {
        return left.page < right.page;
    });
    const std::uint64_t end = capacity_bytes() / page_bytes;
    free_.clear();
    std::uint64_t page = 0;
    for (const Extent& extent : used) {
        if (extent.page < page || extent.page > end || extent.pages > end - extent.page)
            return false;
        if (extent.page > page)
            free_.emplace(page, extent.page - page);
        page = extent.page + extent.pages;
    }
    if (end > page)
        free_.emplace(page, end - page);
    return true;
}

}  // namespace treecast::ipc
