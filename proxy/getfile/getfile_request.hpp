// A request of the GETFILE protocol (docs/getfile.md), as far as its bytes have come. Pure.
//
//   GETFILE SP GET SP path [SP] CR LF CR LF
//
// Both dialects ask alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace treecast::proxy {

inline constexpr std::size_t getfile_path_bytes_max = 4096;  // with its leading slash

struct GetfileRequest {
    enum class State : std::uint8_t {
        incomplete,  // may still become a request
        complete,    // what follows it is padding
        malformed,   // cannot become one, whatever comes
    };
    State state = State::incomplete;
    std::string_view path{};  // of a complete request: from its slash; a view into the bytes
};

/// Looks at all bytes that a connection has sent so far. At least one more than
/// `GETFILE GET `, the longest path, a blank and CR LF CR LF take is never incomplete.
GetfileRequest parse_getfile_request(std::string_view bytes) noexcept;

}  // namespace treecast::proxy
