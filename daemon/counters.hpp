// Copies the daemon's counters into the catalog's header, where status and monitoring read them.
#pragma once

#include "ipc/catalog_writer.hpp"
#include "watcher/watcher.hpp"

#include <cstdint>

namespace treecast::daemon {

struct Counters {
    std::uint64_t published_while_open = 0;
    std::uint64_t read_without_lease = 0;
    std::uint64_t audits = 0;
    std::uint64_t audit_repairs = 0;
};

void store_counters(
    ipc::CatalogWriter& catalog,
    const watcher::WatcherHealth& health,
    const Counters& counters
);

}  // namespace treecast::daemon
