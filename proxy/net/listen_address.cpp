#include "proxy/net/listen_address.hpp"

#include "base/one_line.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>

#include <sys/un.h>

namespace treecast::proxy {

namespace {

// The storage is read and written through copies, without casts between structures, because of the
// aliasing rules.
template <class T>
T load(const sockaddr_storage& storage) noexcept {
    T address{};
    std::memcpy(&address, &storage, sizeof address);
    return address;
}

template <class T>
socklen_t store(const T& address, sockaddr_storage& storage) noexcept {
    std::memcpy(&storage, &address, sizeof address);
    return sizeof address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return port;
}

}  // namespace

std::optional<ListenAddress> ListenAddress::parse(std::string_view text) {
    ListenAddress result;
    if (text.starts_with("unix:")) {
        const auto path = text.substr(5);
        sockaddr_un address{};
        if (path.empty() || path.size() >= sizeof address.sun_path || path.find('\0') != path.npos)
            return std::nullopt;
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
        result.length_ = store(address, result.address_);
        return result;
    }
    const auto colon = text.rfind(':');
    if (colon == text.npos)
        return std::nullopt;
    const auto port = parse_port(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    if (!port)
        return std::nullopt;
    if (host.starts_with('[') && host.ends_with(']')) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(*port);
        if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address.sin6_addr) != 1)
            return std::nullopt;
        result.length_ = store(address, result.address_);
        return result;
    }
    if (host == "localhost")
        host = "127.0.0.1";
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(*port);
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
        return std::nullopt;
    result.length_ = store(address, result.address_);
    return result;
}

ListenAddress ListenAddress::of(const sockaddr_storage& address, socklen_t length) {
    ListenAddress result;
    result.address_ = address;
    result.length_ = length;
    return result;
}

bool ListenAddress::is_local() const noexcept {
    if (family() == AF_INET)
        return (ntohl(load<sockaddr_in>(address_).sin_addr.s_addr) >> 24) == 127;
    if (family() == AF_INET6) {
        const in6_addr address = load<sockaddr_in6>(address_).sin6_addr;
        const in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
        return std::memcmp(&address, &loopback, sizeof address) == 0;
    }
    return true;
}

const sockaddr* ListenAddress::address() const noexcept {
    return reinterpret_cast<const sockaddr*>(&address_);
}

std::string ListenAddress::path() const {
    const auto address = load<sockaddr_un>(address_);
    return {address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path)};
}

/// The name of a Unix socket that is no file (unix(7)), which begins with a NUL byte.
std::string ListenAddress::abstract_name() const {
    const auto address = load<sockaddr_un>(address_);
    constexpr std::size_t begin = offsetof(sockaddr_un, sun_path) + 1;
    return length_ <= begin ? "" : one_line({address.sun_path + 1, length_ - begin});
}

std::string ListenAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> host{};
    if (family() == AF_INET) {
        const auto address = load<sockaddr_in>(address_);
        ::inet_ntop(AF_INET, &address.sin_addr, host.data(), host.size());
        return std::string(host.data()) + ':' + std::to_string(ntohs(address.sin_port));
    }
    if (family() == AF_INET6) {
        const auto address = load<sockaddr_in6>(address_);
        ::inet_ntop(AF_INET6, &address.sin6_addr, host.data(), host.size());
        return '[' + std::string(host.data()) + "]:" + std::to_string(ntohs(address.sin6_port));
    }
    return "unix:" + (path().empty() ? '@' + abstract_name() : path());
}

std::string ListenAddress::url(Protocol protocol) const {
    const std::string scheme(scheme_of(protocol));
    if (!is_unix())
        return scheme + "://" + text() + '/';
    return protocol == Protocol::http ? text() : scheme + '+' + text();
}

}  // namespace treecast::proxy
