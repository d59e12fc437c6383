// Makes room in shared memory for a content that is about to be loaded, by evicting others. The
// daemon's thread.
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
        none_at_the_moment,  // what was loaded within the last second stays
    };
    /// For `size` bytes of the file at `path`, whose content of before is superseded.
    Room make_room(std::string_view path, std::uint64_t size, Clock::time_point now);

    /// The shared memory was full: evicts what can go. The file's own content goes only if that
    /// makes room for it: it is what is served until there is. Whether anything went.
    bool evict_all_but(std::string_view path, std::uint64_t size, Clock::time_point now);
    /// What was just loaded may go soon.
    bool may_free_soon(Clock::time_point now) const { return residency_.spares_any(now); }

private:
    const ipc::CatalogWriter& catalog_;
    Publisher& publisher_;
    Residency& residency_;
};

}  // namespace treecast::daemon
