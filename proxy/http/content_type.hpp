// The media type of a file, by the end of its name. Pure.
#pragma once

#include <string_view>

namespace treecast::proxy {

/// `application/octet-stream` for what is not known.
std::string_view content_type(std::string_view path) noexcept;

}  // namespace treecast::proxy
