#include "proxy/net/inherited_listeners.hpp"

#include "base/error.hpp"
#include "base/one_line.hpp"

#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>

namespace treecast::proxy {

namespace {

std::string text_of(const InheritedDescriptor& descriptor) {
    return "the inherited descriptor " + std::to_string(descriptor.fd.get()) + " ('" +
           one_line(descriptor.name) + "')";
}

StartupError refusal(const InheritedDescriptor& descriptor, std::string_view reason) {
    return {ExitCode::configuration, text_of(descriptor) + ' ' + std::string(reason)};
}

/// nullopt, with errno, if it is no socket.
std::optional<int> socket_option(int fd, int option) {
    int value = 0;
    socklen_t length = sizeof value;
    if (::getsockopt(fd, SOL_SOCKET, option, &value, &length) != 0)
        return std::nullopt;
    return value;
}

void require_listening(const InheritedDescriptor& descriptor) {
    const int fd = descriptor.fd.get();
    const auto family = socket_option(fd, SO_DOMAIN);
    if (!family)
        throw refusal(descriptor, "is no socket");
    if (*family != AF_INET && *family != AF_INET6 && *family != AF_UNIX)
        throw refusal(descriptor, "is a socket of a family other than IPv4, IPv6 and Unix");
    if (socket_option(fd, SO_TYPE) != SOCK_STREAM)
        throw refusal(descriptor, "is no stream socket (ListenStream= in its unit)");
    if (socket_option(fd, SO_ACCEPTCONN) != 1)
        throw refusal(descriptor, "is a socket that does not listen (Accept=no in its unit)");
}

Endpoint endpoint_of(const InheritedDescriptor& descriptor) {
    const auto protocol = protocol_of_socket(descriptor.name);
    if (!protocol)
        throw refusal(descriptor, "is meant for TLS, which this version does not support");
    require_listening(descriptor);
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getsockname(descriptor.fd.get(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
        throw refusal(descriptor, "has no address: " + last_system_error().message());
    return {*protocol, ListenAddress::of(storage, length)};
}

void make_non_blocking(const InheritedDescriptor& descriptor) {
    const int flags = ::fcntl(descriptor.fd.get(), F_GETFL);
    if (flags < 0 || ::fcntl(descriptor.fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
        throw refusal(descriptor, "cannot be made non-blocking: " + last_system_error().message());
}

}  // namespace

std::vector<Listener> inherit_listeners(
    std::vector<InheritedDescriptor> descriptors,
    unsigned workers,
    bool allow_anonymous
) {
    std::vector<Listener> listeners;
    listeners.reserve(descriptors.size());
    for (InheritedDescriptor& descriptor : descriptors) {
        const Endpoint endpoint = endpoint_of(descriptor);
        require_permission(text_of(descriptor), endpoint.address, allow_anonymous);
        make_non_blocking(descriptor);
        listeners.emplace_back(endpoint, std::move(descriptor.fd), workers);
    }
    return listeners;
}

}  // namespace treecast::proxy
