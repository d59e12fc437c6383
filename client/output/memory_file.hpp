// A file in memory, for a content that must be whole before it is used.
#pragma once

#include "base/unique_fd.hpp"

namespace treecast::client {

/// Throws std::system_error.
UniqueFd create_memory_file();

}  // namespace treecast::client
