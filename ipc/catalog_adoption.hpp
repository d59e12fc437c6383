// Makes a predecessor's catalog this writer's own. Trusts its entries only, and those only after
// they were checked: index, links, free slots, deletions and counters are made from them.
#pragma once

#include "ipc/catalog_storage.hpp"

#include <memory>
#include <string>

namespace treecast::ipc {

/// Null if the catalog is unsound; `why` says what is wrong. Nothing that readers see is changed
/// before everything has been checked, and no step of what is changed then leaves a catalog that
/// a successor could not adopt.
std::unique_ptr<CatalogStorage>
adopt_catalog(std::shared_ptr<CatalogMapping> mapping, CatalogLimits limits, std::string& why);

}  // namespace treecast::ipc
