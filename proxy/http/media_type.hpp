// The form of a media type, such as `text/plain; charset=utf-8` (RFC 9110, 8.3.1). Pure.
#pragma once

#include <string_view>

namespace treecast::proxy {

/// TYPE/SUBTYPE with any number of parameters. Stricter than the RFC where a field that is sent has
/// no use for it: printable ASCII and blanks alone, no blank at an end, no empty parameter.
bool is_media_type(std::string_view text) noexcept;

}  // namespace treecast::proxy
