#include "proxy/source/log_position.hpp"

namespace treecast::proxy {

void LogPosition::begin(const ipc::CatalogReader& catalog) {
    revision_ = catalog.newest_revision();
    scan_complete_ = false;
}

LogPosition::News LogPosition::read(const ipc::CatalogReader& catalog) {
    News news;
    if (!scan_complete_) {
        scan_complete_ = catalog.scan_complete();
        news.scan_completed = scan_complete_;
    }
    // Loaded before the log is read: a later change is read the next time.
    const std::uint64_t newest = catalog.newest_revision();
    if (newest == revision_)
        return news;
    changes_.clear();
    news.log_overrun = !catalog.changes_since(revision_, changes_);
    if (!news.log_overrun)
        news.changes = changes_;
    revision_ = newest;
    return news;
}

}  // namespace treecast::proxy
