// The `Range` header field (RFC 9110, 14.2). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace treecast::proxy {

/// The bytes [begin, end) of a file, or the fact that none of the requested bytes exist.
struct ByteRange {
    enum class Kind : std::uint8_t {
        whole,          // 200: no range, a malformed one, or several
        part,           // 206
        unsatisfiable,  // 416
    };
    Kind kind = Kind::whole;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// Selects the bytes that a `Range` field requests from a file of `size` bytes. Several ranges are
/// answered with the whole file, which the RFC allows, unless none of them can be satisfied.
ByteRange select_range(std::string_view field, std::uint64_t size) noexcept;

}  // namespace treecast::proxy
