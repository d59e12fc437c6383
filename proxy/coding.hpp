// The content codings of HTTP that the proxy makes (RFC 9110, 8.4.1). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace treecast::proxy {

enum class Coding : std::uint8_t { identity, gzip, zstd };

/// As Content-Encoding has it. It follows the `-` in entity tags too.
constexpr std::string_view coding_name(Coding coding) noexcept {
    switch (coding) {
        case Coding::gzip:
            return "gzip";
        case Coding::zstd:
            return "zstd";
        case Coding::identity:
            break;
    }
    return "identity";
}

}  // namespace treecast::proxy
