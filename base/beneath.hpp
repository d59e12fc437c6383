// Opens a path below a directory and follows no link.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <string_view>

namespace treecast {

enum class OpenFor {
    naming,   // O_PATH: any file; does not wait for a FIFO or a device
    listing,  // a directory, for reading its names
};

/// `path` below `directory` ("" is `directory` itself). A link anywhere in it is ELOOP; a path that
/// leaves `directory` is EXDEV.
[[nodiscard]] Result<UniqueFd> open_beneath(int directory, std::string_view path, OpenFor purpose);

/// The same, component by component, for kernels and seccomp filters without openat2. Any ".." is
/// EXDEV here.
[[nodiscard]] Result<UniqueFd>
open_beneath_by_component(int directory, std::string_view path, OpenFor purpose);

}  // namespace treecast
