// The catalog's file in the object directory: opened, made and locked. For the writer.
#pragma once

#include "ipc/catalog_storage.hpp"
#include "ipc/object_directory.hpp"

namespace treecast::ipc {

inline constexpr const char* catalog_name = "catalog";

/// The directory's catalog, locked and mapped for writing, if it has one of our layout; null if
/// there is none that could be adopted. Throws StartupError if another user owns it or another
/// process writes it.
std::shared_ptr<CatalogMapping> open_catalog(const ObjectDirectory& directory);

/// A new, empty catalog with a new epoch, in place of whatever has its name. Throws StartupError.
std::unique_ptr<CatalogStorage>
make_catalog(const ObjectDirectory& directory, CatalogLimits limits);

/// The lock by which readers see the writer live: of the open file description, so that asking
/// for it (F_OFD_GETLK) disturbs nobody. False if another has it.
bool lock_catalog(int fd) noexcept;
bool is_catalog_locked(int fd) noexcept;

}  // namespace treecast::ipc
