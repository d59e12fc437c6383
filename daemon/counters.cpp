#include "daemon/counters.hpp"

namespace treecast::daemon {

void store_counters(
    ipc::CatalogWriter& catalog,
    const watcher::WatcherHealth& health,
    const Counters& counters
) {
    using ipc::Counter;
    catalog.set_counter(Counter::watches, health.watches);
    catalog.set_counter(Counter::unwatched_directories, health.unwatched_directories);
    catalog.set_counter(Counter::unwatched_files, health.unwatched_files);
    catalog.set_counter(Counter::overflows, health.overflows);
    catalog.set_counter(Counter::refused_links, health.refused_links);
    catalog.set_counter(Counter::skipped_names, health.skipped_names);
    catalog.set_counter(Counter::published_while_open, counters.published_while_open);
    catalog.set_counter(Counter::read_without_lease, counters.read_without_lease);
    catalog.set_counter(Counter::audits, counters.audits);
    catalog.set_counter(Counter::audit_repairs, counters.audit_repairs);
}

}  // namespace treecast::daemon
