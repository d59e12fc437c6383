// The bytes of a tar archive beside the contents: POSIX.1-2001 (pax), of regular files alone. Pure.
//
// The same files make the same bytes: no time, owner or device of the original gets in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// What precedes the content of a file. `path` is relative. Of `mode` only the permissions count,
/// without setuid, setgid and the sticky bit: the file will belong to whoever unpacks it.
std::string tar_header(std::string_view path, std::uint16_t mode, std::uint64_t size);
/// What follows a content.
std::string_view tar_padding(std::uint64_t size) noexcept;
/// What follows the last file.
std::string_view tar_end() noexcept;

}  // namespace treecast::proxy
