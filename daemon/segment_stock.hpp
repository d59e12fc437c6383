// Supplies segments to fill, and creates one ahead: to create a segment takes longer than to fill a
// small one, and would delay the change that needs it.
#pragma once

#include "ipc/segment_writer.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

namespace treecast::daemon {

/// Thread safe.
class SegmentStock {
public:
    /// `directory` outlives the stock and its segments.
    explicit SegmentStock(const ipc::ObjectDirectory& directory) noexcept;

    /// Returns the one made ahead, or a new one. Fails with Errc::no_memory as
    /// SegmentWriter::create does.
    [[nodiscard]] Result<ipc::SegmentWriter> take();
    /// Creates one ahead if one has been taken since, and if there is room. Called when there is
    /// time.
    void replenish();

private:
    Result<ipc::SegmentWriter> make();

    const ipc::ObjectDirectory& directory_;
    std::atomic<std::uint64_t> made_ = 0;  // counts the new segments, to name them
    std::mutex mutex_;
    bool taken_ = false;  // since the last replenish(); without demand none is made
    std::optional<ipc::SegmentWriter> ahead_;
};

}  // namespace treecast::daemon
