#include "proxy/files/sighting.hpp"

namespace treecast::proxy {

Sighting look(const ipc::CatalogReader* catalog, std::string_view path) {
    Sighting seen;
    if (catalog == nullptr)
        return seen;
    seen.sight.epoch = catalog->epoch();
    seen.sight.scan_complete = catalog->scan_complete();
    seen.sight.newest_revision = catalog->newest_revision();
    if (auto found = catalog->find(path)) {
        seen.file = found->file;
        seen.sight.record = found->record;
    }
    seen.sight.forgotten_revision = catalog->forgotten_revision();
    seen.sight.claimed_revision = catalog->claimed_revision();
    return seen;
}

}  // namespace treecast::proxy
