// The target of a request: its path and query, and the path of a file. Pure.
#pragma once

#include <string>
#include <string_view>

namespace treecast::proxy {

/// A request target (RFC 9112, 3.2) cut in two; views into it. The absolute form loses its scheme
/// and authority.
struct Target {
    std::string_view path;   // still percent-encoded; begins with '/' unless malformed
    std::string_view query;  // without the '?'
};
Target split_target(std::string_view target) noexcept;

struct DecodedPath {
    std::string path;               // valid by is_valid_path() if there is no refusal
    const char* refusal = nullptr;  // what is wrong, as the end of a sentence
};

/// Decodes the path of a file in a URL, which follows `/v1/files/`: percent-encoded UTF-8, never
/// form-decoded ('+' is a plus). Refuses bad escapes, an encoded slash or NUL, empty components,
/// "." and "..", what is not UTF-8, and what is longer than a path can be.
DecodedPath decode_file_path(std::string_view encoded);

/// The value of a hexadecimal digit, or -1.
int hex_digit(char c) noexcept;

}  // namespace treecast::proxy
