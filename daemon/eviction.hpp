// Evicts contents from shared memory to make room for one that is about to be loaded. The daemon's
// thread.
#pragma once

#include "daemon/publisher.hpp"
#include "daemon/residency.hpp"

#include <string_view>

namespace treecast::daemon {

class Eviction {
public:
    /// All outlive it.
    Eviction(const ipc::CatalogWriter& catalog, Publisher& publisher, Residency& residency)
        : catalog_(catalog), publisher_(publisher), residency_(residency) {}

    enum class Room {
        found,
        too_small,           // for this content, whatever is evicted
        none_at_the_moment,  // too much was loaded within the last second
    };
    /// Makes room for `size` bytes of the file at `path`, whose old content will be superseded.
    Room make_room(std::string_view path, std::uint64_t size, Clock::time_point now);

    /// Shared memory was full: evicts everything that may go. The file's own content goes only if
    /// that makes enough room, since it is served until the new one is there. Returns whether
    /// anything was evicted.
    bool evict_all_but(std::string_view path, std::uint64_t size, Clock::time_point now);
    /// Contents that were just loaded may be evicted soon.
    bool may_free_soon(Clock::time_point now) const { return residency_.spares_any(now); }

private:
    const ipc::CatalogWriter& catalog_;
    Publisher& publisher_;
    Residency& residency_;
};

}  // namespace treecast::daemon
