// The protocol of a listener, and its option name. No I/O.
#pragma once

#include <cstdint>
#include <string_view>

namespace treecast::proxy {

enum class Protocol : std::uint8_t {
    http,
    getfile,         // the CRLF dialect
    getfile_legacy,  // the dialect whose response headers end without CR LF
};

/// The option, without dashes, that opens a listener for the protocol.
constexpr std::string_view option_of(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::http:
            break;
        case Protocol::getfile:
            return "getfile";
        case Protocol::getfile_legacy:
            return "getfile-legacy";
    }
    return "listen";
}

/// The scheme of its URLs.
constexpr std::string_view scheme_of(Protocol protocol) noexcept {
    return protocol == Protocol::http ? "http" : option_of(protocol);
}

}  // namespace treecast::proxy
