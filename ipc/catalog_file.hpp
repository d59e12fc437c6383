// Opens, makes and locks the catalog's file in the object directory. For the writer.
#pragma once

#include "ipc/catalog_storage.hpp"
#include "ipc/object_directory.hpp"

namespace treecast::ipc {

inline constexpr const char* catalog_name = "catalog";

/// The directory's catalog, locked and mapped for writing. Does not check its layout. Null if there
/// is none, or what is there cannot be opened, is not a regular file or is too short. Throws
/// StartupError if another user owns it, another process writes it or it cannot be mapped.
std::shared_ptr<CatalogMapping> open_catalog(const ObjectDirectory& directory);

/// A new, empty catalog with a new epoch. Replaces what has its name. Throws StartupError.
std::unique_ptr<CatalogStorage>
make_catalog(const ObjectDirectory& directory, CatalogLimits limits);

/// Readers see by this lock that the writer is alive. It belongs to the open file description, so
/// that a test of it (F_OFD_GETLK) affects no lock. False if another process holds it.
bool lock_catalog(int fd) noexcept;
bool is_catalog_locked(int fd) noexcept;

}  // namespace treecast::ipc
