// Splits the target of a request into path and query, and decodes the path of a file. Pure.
#pragma once

#include <string>
#include <string_view>

namespace treecast::proxy {

/// The parts of a request target (RFC 9112, 3.2), as views into it. The scheme and authority of the
/// absolute form are removed.
struct Target {
    std::string_view path;   // still percent-encoded; begins with '/' unless malformed
    std::string_view query;  // without the '?'
};
Target split_target(std::string_view target) noexcept;

struct DecodedPath {
    std::string path;               // valid by is_valid_path() if there is no refusal
    const char* refusal = nullptr;  // the reason, as the end of a sentence
};

/// Decodes the path of a file in a URL, which follows `/v1/files/`. It is percent-encoded UTF-8 and
/// never form-decoded ('+' is a plus). Refuses bad escapes, an encoded slash or NUL, empty
/// components, "." and "..", text that is not UTF-8, and paths that are too long.
DecodedPath decode_file_path(std::string_view encoded);

/// The value of a hexadecimal digit, or -1.
int hex_digit(char c) noexcept;

}  // namespace treecast::proxy
