// --pinned-limit: limits the superseded content that is held for slow clients, over all workers of
// the process. Each worker has one and runs it in its thread.
#pragma once

#include "proxy/counters.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/source/change_consumer.hpp"

#include <cstdint>
#include <span>

namespace treecast::proxy {

/// It is a consumer of changes because only a change supersedes content: it checks the sum after
/// each batch.
class PinnedLimit final : public ChangeConsumer {
public:
    /// `counters[worker]` are those of `connections`.
    PinnedLimit(
        std::uint64_t bytes_max,
        std::span<const Counters> counters,
        unsigned worker,
        ConnectionList& connections
    )
        : bytes_max_(bytes_max), counters_(counters), worker_(worker), connections_(connections) {}

    void changed(std::span<const ipc::LogRecord> /*changes*/) override {}
    void loaded(ipc::FileId /*file*/) override {}
    void everything_changed(Cause /*cause*/) override {}
    /// Closes the slowest of this worker's connections that are being sent superseded content,
    /// until the sum is within the limit or there are no more of them.
    void end_batch() override;
    bool is_waiting() const override { return false; }

private:
    bool is_exceeded() const noexcept;

    const std::uint64_t bytes_max_;
    const std::span<const Counters> counters_;
    const unsigned worker_;
    ConnectionList& connections_;
};

}  // namespace treecast::proxy
