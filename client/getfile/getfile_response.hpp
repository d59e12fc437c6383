// Parses the header of a GETFILE answer (docs/getfile.md) from the bytes received so far. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace treecast::client {

/// How a server ends its headers: with CR LF CR LF or, in the legacy dialect, with a blank or a
/// newline.
enum class GetfileDialect : std::uint8_t { crlf, legacy };

struct GetfileHeader {
    enum class State : std::uint8_t { incomplete, complete, malformed };
    enum class Status : std::uint8_t { ok, file_not_found, error, invalid };

    State state = State::incomplete;
    // These are set once the header is complete.
    Status status = Status::ok;
    std::uint64_t length = 0;  // of the body that follows
    std::size_t bytes = 0;     // of the header itself
};

/// More bytes than this are never an incomplete header.
inline constexpr std::size_t getfile_header_bytes_max = 64;

/// Parses all bytes received so far, from the first on.
GetfileHeader parse_getfile_header(GetfileDialect dialect, std::string_view bytes) noexcept;

}  // namespace treecast::client
