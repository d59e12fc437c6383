#include "proxy/net/listener.hpp"

#include "base/error.hpp"
#include "base/kernel_limits.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace treecast::proxy {

namespace {

constexpr int backlog = 4096;  // cut to net.core.somaxconn

StartupError refusal(const Endpoint& endpoint, const char* what) {
    const int error = errno;
    std::string text = "--" + std::string(option_of(endpoint.protocol)) + ": cannot " + what + ' ' +
                       endpoint.address.text() + ": ";
    if (error == EADDRINUSE)
        text += "the address is taken by another server; stop it or choose another port";
    else
        text += reason_of(system_error(error));
    return {ExitCode::configuration, text};
}

UniqueFd open_socket(const Endpoint& endpoint) {
    UniqueFd fd(::socket(endpoint.address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        throw refusal(endpoint, "open a socket for");
    return fd;
}

void set_option(int fd, int level, int option, const Endpoint& endpoint) {
    const int on = 1;
    if (::setsockopt(fd, level, option, &on, sizeof on) != 0)
        throw refusal(endpoint, "set up");
}

UniqueFd listen_on(const Endpoint& endpoint, bool shared) {
    const ListenAddress& address = endpoint.address;
    UniqueFd fd = open_socket(endpoint);
    if (!address.is_unix()) {
        set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, endpoint);
        if (shared)
            set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT, endpoint);
        if (address.family() == AF_INET6)
            set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, endpoint);
    }
    if (::bind(fd.get(), address.address(), address.length()) != 0 ||
        ::listen(fd.get(), backlog) != 0)
        throw refusal(endpoint, "listen on");
    return fd;
}

/// The address with the port that the kernel picked.
ListenAddress bound_address(int fd, const Endpoint& wanted) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0)
        throw refusal(wanted, "ask for");
    return ListenAddress::of(storage, length);
}

/// Removes the file that a dead server has left. Anything else in its place is an error.
void remove_leftover(const Endpoint& endpoint) {
    const ListenAddress& address = endpoint.address;
    struct stat status {};
    if (::lstat(address.path().c_str(), &status) != 0)
        return;
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        throw refusal(endpoint, "listen on");
    }
    const UniqueFd probe = open_socket(endpoint);
    if (::connect(probe.get(), address.address(), address.length()) == 0 || errno == EAGAIN) {
        errno = EADDRINUSE;
        throw refusal(endpoint, "listen on");
    }
    if (errno == ECONNREFUSED)
        ::unlink(address.path().c_str());
}

}  // namespace

void require_permission(
    const std::string& listener,
    const ListenAddress& address,
    bool allow_anonymous
) {
    if (address.is_local() || allow_anonymous)
        return;
    throw StartupError(
        ExitCode::configuration,
        listener + ": " + address.text() +
            " can be reached from other machines, and everybody there could read every file: add "
            "--allow-anonymous if that is meant, or listen on 127.0.0.1"
    );
}

Listener::Listener(const Endpoint& endpoint, unsigned workers) : endpoint_(endpoint) {
    if (endpoint.address.is_unix()) {
        remove_leftover(endpoint);
        sockets_.push_back(listen_on(endpoint, false));
        file_ = endpoint.address.path();
        share(workers);
        return;
    }
    UniqueFd only = listen_on(endpoint, false);
    endpoint_.address = bound_address(only.get(), endpoint);
    if (workers == 1) {
        sockets_.push_back(std::move(only));
        return;
    }
    only.reset();
    while (sockets_.size() < workers)
        sockets_.push_back(listen_on(endpoint_, true));
}

Listener::Listener(const Endpoint& endpoint, UniqueFd inherited, unsigned workers)
    : endpoint_(endpoint), origin_(SocketOrigin::inherited) {
    sockets_.push_back(std::move(inherited));
    share(workers);
}

/// All workers share one socket: the kernel gives each connection to the first that accepts.
void Listener::share(unsigned workers) {
    while (sockets_.size() < workers) {
        sockets_.emplace_back(::fcntl(sockets_.front().get(), F_DUPFD_CLOEXEC, 0));
        if (!sockets_.back())
            throw refusal(endpoint_, "share");
    }
}

Listener::~Listener() {
    if (!file_.empty())
        ::unlink(file_.c_str());
}

}  // namespace treecast::proxy
