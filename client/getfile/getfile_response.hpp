// The header of a GETFILE answer (docs/getfile.md), as far as its bytes have come. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace treecast::client {

/// How a server writes its headers: ended by CR LF CR LF, or, by the older ones, by a blank or a
/// newline.
enum class GetfileDialect : std::uint8_t { crlf, legacy };

struct GetfileHeader {
    enum class State : std::uint8_t { incomplete, complete, malformed };
    enum class Status : std::uint8_t { ok, file_not_found, error, invalid };

    State state = State::incomplete;
    // Of a complete header:
    Status status = Status::ok;
    std::uint64_t length = 0;  // of the body that follows
    std::size_t bytes = 0;     // of the header itself
};

/// More than this are never incomplete.
inline constexpr std::size_t getfile_header_bytes_max = 64;

/// Looks at all bytes that have come so far, from the first on.
GetfileHeader parse_getfile_header(GetfileDialect dialect, std::string_view bytes) noexcept;

}  // namespace treecast::client
