// Lists in header fields (RFC 9110, 5.6.1). Pure.
#pragma once

#include <string_view>

namespace treecast::proxy {

/// RFC 9110, 5.6.2.
bool is_token_character(char c) noexcept;
/// Removes blanks and tabs at both ends.
std::string_view trim(std::string_view text) noexcept;
bool equals_ignoring_case(std::string_view left, std::string_view right) noexcept;
/// Removes the first element from a list and returns it. Separators in quoted strings do not
/// separate.
std::string_view take_element(std::string_view& list, char separator) noexcept;

}  // namespace treecast::proxy
