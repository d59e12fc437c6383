#include "daemon/eviction.hpp"

namespace treecast::daemon {

Eviction::Room
Eviction::make_room(std::string_view path, std::uint64_t size, Clock::time_point now) {
    if (!residency_.can_hold(size))
        return Room::too_small;
    const auto file = catalog_.find(path);
    const auto room = residency_.make_room(size, file.value_or(ipc::FileId()), now);
    if (!room.fits)
        return Room::none_at_the_moment;
    for (const ipc::FileId victim : room.evict)
        publisher_.evict(victim);
    return Room::found;
}

bool Eviction::evict_all_but(std::string_view path, std::uint64_t size, Clock::time_point now) {
    const auto own = catalog_.find(path);
    const bool goes_too = own && publisher_.fits_instead_of(*own, size);
    bool evicted = false;
    for (const ipc::FileId victim : residency_.evictable(now)) {
        if (victim == own && !goes_too)
            continue;
        publisher_.evict(victim);
        evicted = true;
    }
    return evicted;
}

}  // namespace treecast::daemon
