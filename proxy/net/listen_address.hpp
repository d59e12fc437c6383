// The address of a listener: ADDR:PORT, [ADDR6]:PORT or unix:PATH. Pure.
#pragma once

#include "proxy/net/protocol.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace treecast::proxy {

class ListenAddress {
public:
    /// Addresses are literals, or `localhost` for 127.0.0.1; names are not looked up.
    static std::optional<ListenAddress> parse(std::string_view text);
    /// The address of a bound socket (getsockname).
    static ListenAddress of(const sockaddr_storage& address, socklen_t length);

    bool is_unix() const noexcept { return family() == AF_UNIX; }
    /// Whether it is not reachable from other machines: loopback, or a Unix socket.
    bool is_local() const noexcept;
    int family() const noexcept { return address_.ss_family; }
    const sockaddr* address() const noexcept;
    socklen_t length() const noexcept { return length_; }
    /// The path of a Unix socket; empty if it is no file.
    std::string path() const;
    /// The form that parse() accepts. A Unix socket that is no file (an inherited one) is
    /// `unix:@NAME`.
    std::string text() const;
    /// `http://ADDR:PORT/` or `unix:PATH`; `getfile://ADDR:PORT/` or `getfile+unix:PATH`.
    std::string url(Protocol protocol) const;

private:
    std::string abstract_name() const;

    sockaddr_storage address_{};
    socklen_t length_ = 0;
};

/// An address and its protocol.
struct Endpoint {
    Protocol protocol = Protocol::http;
    ListenAddress address;

    std::string url() const { return address.url(protocol); }
};

}  // namespace treecast::proxy
