// Removes the shared memory and the queues of an instance that no daemon serves.
#pragma once

#include "ipc/object_directory.hpp"

#include <string>

namespace treecast::client {

enum class Removal { removed, alive };

/// Holds the daemon's lock meanwhile, so that no daemon can start. Throws StartupError:
/// `configuration` if the caller has no permission, `failed` if something is left.
Removal remove_if_dead(const std::string& base, const ipc::ObjectDirectory& directory);

}  // namespace treecast::client
