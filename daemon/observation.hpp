// The present state of a file, as a look or a capture found it. Pure.
#pragma once

#include "ipc/catalog_record.hpp"
#include "watcher/file_stat.hpp"

#include <optional>

namespace treecast::daemon {

/// Exactly one of: deleted; unavailable (reason); stale (reason); present.
struct Observation {
    bool deleted = false;
    ipc::UnavailableReason unavailable = ipc::UnavailableReason::none;
    /// The present bytes cannot be captured: a present file keeps its content and gets this reason.
    ipc::UnavailableReason stale = ipc::UnavailableReason::none;
    watcher::FileStat stat{};
    std::optional<Sha256> sha256{};       // of a present file that was read
    std::optional<std::uint64_t> size{};  // of its content, if it was read

    friend bool operator==(const Observation&, const Observation&) = default;
};

}  // namespace treecast::daemon
