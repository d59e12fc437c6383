// What the daemon serves, and how long it waits; constant after construction.
#pragma once

#include "watcher/lease_rights.hpp"

#include <chrono>
#include <cstdint>

namespace treecast::daemon {

struct ServePolicy {
    std::uint64_t file_size_max = 64ULL << 20;     // --max-file-size
    bool serve_private = false;                    // --serve-private
    std::chrono::milliseconds delete_grace{100};   // --delete-grace
    std::chrono::milliseconds open_limit{10'000};  // --open-limit
    watcher::LeaseRights leases = watcher::LeaseRights::of_all();

    bool takes_leases() const noexcept { return leases != watcher::LeaseRights::none(); }
};

}  // namespace treecast::daemon
