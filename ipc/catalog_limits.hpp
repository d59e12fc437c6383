// The maximum size of a catalog.
#pragma once

#include <cstdint>

namespace treecast::ipc {

struct CatalogLimits {
    std::uint32_t log_slots = 65536;       // a power of two
    std::uint32_t entries_max = 1U << 25;  // beyond: Errc::catalog_full
};

}  // namespace treecast::ipc
