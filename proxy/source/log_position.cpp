#include "proxy/source/log_position.hpp"

namespace treecast::proxy {

void LogPosition::begin(const ipc::CatalogReader& catalog) {
    revision_ = catalog.newest_revision();
    scan_complete_ = false;
}

LogPosition::ReadResult LogPosition::read(const ipc::CatalogReader& catalog) {
    ReadResult result;
    if (!scan_complete_) {
        scan_complete_ = catalog.scan_complete();
        result.scan_completed = scan_complete_;
    }
    // Loaded before the log is read: a later change is read the next time.
    const std::uint64_t newest = catalog.newest_revision();
    if (newest == revision_)
        return result;
    changes_.clear();
    result.log_overrun = !catalog.changes_since(revision_, changes_);
    if (!result.log_overrun)
        result.changes = changes_;
    revision_ = newest;
    return result;
}

}  // namespace treecast::proxy
