#include "daemon/segment_stock.hpp"

#include <utility>

namespace treecast::daemon {

SegmentStock::SegmentStock(const ipc::ObjectDirectory& directory) noexcept
    : directory_(directory) {}

Result<ipc::SegmentWriter> SegmentStock::make() {
    return ipc::SegmentWriter::create(directory_, ++made_);
}

Result<ipc::SegmentWriter> SegmentStock::take() {
    {
        const std::lock_guard lock(mutex_);
        taken_ = true;
        if (ahead_) {
            ipc::SegmentWriter segment = std::move(*ahead_);
            ahead_.reset();
            return segment;
        }
    }
    return make();
}

void SegmentStock::replenish() {
    const std::lock_guard lock(mutex_);
    if (ahead_ || !std::exchange(taken_, false))
        return;
    if (auto segment = make()) {
        segment->reserve_first_page();
        ahead_.emplace(std::move(*segment));
    }
}

}  // namespace treecast::daemon
