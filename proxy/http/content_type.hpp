// The media type of a file by its suffix. Pure.
#pragma once

#include <string_view>

namespace treecast::proxy {

/// `application/octet-stream` for unknown suffixes.
std::string_view content_type(std::string_view path) noexcept;

}  // namespace treecast::proxy
