// Parses a request of the GETFILE protocol (docs/getfile.md) from the bytes received so far. Pure.
//
//   GETFILE SP GET SP path [SP] CR LF CR LF
//
// Requests are the same in both dialects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace treecast::proxy {

inline constexpr std::size_t getfile_path_bytes_max = 4096;  // with its leading slash

struct GetfileRequest {
    enum class State : std::uint8_t {
        incomplete,  // more bytes may complete it
        complete,    // bytes that follow it are padding
        malformed,   // no further bytes can make it a request
    };
    State state = State::incomplete;
    std::string_view path{};  // of a complete request, from its slash on; a view into the bytes
};

/// Parses all bytes that a connection has sent so far. The result is never `incomplete` if there
/// are more bytes than the longest possible request: `GETFILE GET `, the longest path, a blank and
/// CR LF CR LF.
GetfileRequest parse_getfile_request(std::string_view bytes) noexcept;

}  // namespace treecast::proxy
