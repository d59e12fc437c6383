// Bounds and defaults that several programs must agree on.
#pragma once

#include <cstddef>
#include <cstdint>

namespace treecast {

inline constexpr std::size_t path_bytes_max = 4096;  // PATH_MAX with its NUL; a path is shorter
inline constexpr std::size_t name_bytes_max = 255;   // NAME_MAX: one component of a path
inline constexpr std::size_t instance_name_bytes_max = 64;
inline constexpr unsigned max_workers_max = 64;

}  // namespace treecast
