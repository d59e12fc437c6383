// The `Range` header field (RFC 9110, 14.2). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace treecast::proxy {

/// The bytes [begin, end) of a file, or that none of what was asked for exists.
struct ByteRange {
    enum class Kind : std::uint8_t {
        whole,          // 200: no range, one that makes no sense, or several
        part,           // 206
        unsatisfiable,  // 416
    };
    Kind kind = Kind::whole;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What a `Range` field asks of a file of `size` bytes. Several ranges are answered with the
/// whole, which the RFC allows, unless none of them can be satisfied.
ByteRange select_range(std::string_view field, std::uint64_t size) noexcept;

}  // namespace treecast::proxy
