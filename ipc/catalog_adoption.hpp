// Adopts a predecessor's catalog for this writer. Checks the header and every entry, and rebuilds
// index, links, free slots, deletions and counts from the entries. Keeps the change log if its
// revisions are in order, else empties it. Keeps the old index if there is no memory for another.
#pragma once

#include "ipc/catalog_storage.hpp"

#include <memory>
#include <string>

namespace treecast::ipc {

/// Null if the catalog is unsound; `why` then holds the reason. Throws StartupError(configuration)
/// if there is neither memory for an index nor an old one that can be kept. Changes nothing that
/// readers see before all checks have passed. A successor can adopt the catalog after each step of
/// the changes.
std::unique_ptr<CatalogStorage>
adopt_catalog(std::shared_ptr<CatalogMapping> mapping, CatalogLimits limits, std::string& why);

}  // namespace treecast::ipc
