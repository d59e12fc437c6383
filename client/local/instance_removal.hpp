// Removing what an instance has in shared memory and queues, once no daemon serves it.
#pragma once

#include "ipc/object_directory.hpp"

#include <string>

namespace treecast::client {

enum class Removal { removed, alive };

/// Holds the daemon's lock meanwhile, so that none can start. Throws StartupError: configuration
/// if the caller may not, failed if something is left.
Removal remove_if_dead(const std::string& base, const ipc::ObjectDirectory& directory);

}  // namespace treecast::client
