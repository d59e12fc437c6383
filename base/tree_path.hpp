// A path of a file below the root, as all parts of Treecast write it: relative, `a/b/c`.
//
// A valid path has 1 to 4095 bytes of UTF-8 without NUL. Single slashes separate its components of
// 1 to 255 bytes. No component is "." or "..", and no slash is at either end. Blanks, newlines and
// percent signs are ordinary bytes here; percent-encoding belongs to HTTP.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace treecast {

/// True for well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes) noexcept;

/// Whether `name` can be one component of a path.
bool is_valid_name(std::string_view name) noexcept;
bool is_valid_path(std::string_view path) noexcept;

/// "a/b/c" gives "a/b"; "a" gives "" (the root).
std::string_view parent_of(std::string_view path) noexcept;
/// "a/b/c" gives "c".
std::string_view name_of(std::string_view path) noexcept;
/// "" and "a" give "a"; "a" and "b" give "a/b".
std::string join(std::string_view directory, std::string_view name);
/// Whether `path` lies below `directory` ("" holds everything).
bool lies_below(std::string_view path, std::string_view directory) noexcept;

/// The percent-encoded form for a URL: unreserved characters (RFC 3986) and '/' stay.
std::string percent_encode(std::string_view path);
/// Reverses percent_encode(). Errc::invalid_path for a malformed escape or one in lower case.
Result<std::string> percent_decode(std::string_view text);

}  // namespace treecast
