// The protocol of a listener, and its option name. No I/O.
#pragma once

#include <cstdint>
#include <optional>
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

/// What is spoken on an inherited socket of this name (FileDescriptorName= of a unit): the protocol
/// of the option of that name, else HTTP. nullopt: one that this version does not speak.
constexpr std::optional<Protocol> protocol_of_socket(std::string_view name) noexcept {
    if (name == "listen-tls")
        return std::nullopt;
    for (const Protocol protocol : {Protocol::getfile, Protocol::getfile_legacy})
        if (name == option_of(protocol))
            return protocol;
    return Protocol::http;
}

/// The scheme of its URLs.
constexpr std::string_view scheme_of(Protocol protocol) noexcept {
    return protocol == Protocol::http ? "http" : option_of(protocol);
}

}  // namespace treecast::proxy
