// Segments to be filled, one of which is made ahead: making one takes longer than filling a small
// one, and the change that it is for is waited for by then.
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
    /// `directory` outlives the stock and what is taken from it.
    explicit SegmentStock(const ipc::ObjectDirectory& directory) noexcept;

    /// The one made ahead, or a new one. Errc::no_memory as SegmentWriter::create.
    [[nodiscard]] Result<ipc::SegmentWriter> take();
    /// Makes one ahead where the last was taken, if there is room. When there is time.
    void replenish();

private:
    Result<ipc::SegmentWriter> make();

    const ipc::ObjectDirectory& directory_;
    std::atomic<std::uint64_t> made_ = 0;  // names them
    std::mutex mutex_;
    bool taken_ = false;  // nothing is made ahead for a tree whose content nobody wants
    std::optional<ipc::SegmentWriter> ahead_;
};

}  // namespace treecast::daemon
