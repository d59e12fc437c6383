#include "proxy/net/acceptor.hpp"

#include "base/error.hpp"
#include "base/kernel_limits.hpp"
#include "base/log.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <utility>

#include <sys/socket.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr int accepts_per_turn = 64;
constexpr int accepts_at_end_max = 8192;  // more than a backlog, but not for ever
constexpr auto pause = 100ms;

/// TCP_DEFER_ACCEPT reports a connection when its request has arrived, or after about a second.
void defer(int socket, int seconds) {
    ::setsockopt(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
}

/// Connections inherit the other options from the listening socket (tcp(7)). Parked connections
/// send nothing for minutes; keepalive detects peers that are gone. These options have no effect on
/// Unix sockets.
void set_up(int socket) {
    defer(socket, 1);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Urgent bytes stay part of the stream, as RFC 6093 recommends.
    ::setsockopt(socket, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    // Whoever gave us the socket may have chosen other times (KeepAliveTimeSec= of a unit).
    int has_keepalive = 0;
    socklen_t length = sizeof has_keepalive;
    if (::getsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &has_keepalive, &length) == 0 &&
        has_keepalive != 0)
        return;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    const int idle_s = 60;
    const int interval_s = 15;
    const int probes = 4;
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

bool lacks_resources(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

}  // namespace

Acceptor::Acceptor(
    boost::asio::io_context& context,
    UniqueFd socket,
    SocketOrigin origin,
    std::function<void(UniqueFd)> accepted
)
    : socket_(context.get_executor(), socket.release()),
      origin_(origin),
      pause_(context),
      accepted_(std::move(accepted)) {
    set_up(socket_.native_handle());
}

/// Closing a socket resets the connections that are not accepted. Those that wait for their request
/// cannot be, so from now on none does. An inherited socket stays open as long as the process: the
/// next one may be given it as late as that.
void Acceptor::leave() {
    if (origin_ != SocketOrigin::inherited)
        return defer(socket_.native_handle(), 0);
    stopped_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    pause_.cancel();
}

void Acceptor::stop() {
    if (origin_ == SocketOrigin::inherited)
        leave();
    if (std::exchange(stopped_, true))
        return;
    for (int i = 0; i < accepts_at_end_max; ++i)
        if (!accept_one() && (errno == EAGAIN || lacks_resources(errno)))
            break;
    boost::system::error_code ignored;
    socket_.close(ignored);
    pause_.cancel();
}

void Acceptor::wait() {
    socket_.async_wait(socket_.wait_read, [this](const boost::system::error_code& error) {
        if (!error)
            accept_some();
    });
}

void Acceptor::accept_some() {
    for (int i = 0; i < accepts_per_turn && !stopped_; ++i) {
        if (accept_one())
            continue;
        if (errno == EAGAIN)
            break;
        if (lacks_resources(errno)) {
            back_off(errno);
            return;
        }
        // This connection is broken already; there may be others.
    }
    if (!stopped_)
        wait();
}

/// False, with errno, if there is none to be had.
bool Acceptor::accept_one() {
    UniqueFd connection(
        ::accept4(socket_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)
    );
    if (!connection)
        return false;
    reported_error_ = 0;
    accepted_(std::move(connection));
    return true;
}

void Acceptor::back_off(int error) {
    if (std::exchange(reported_error_, error) != error)
        log::warn("cannot accept connections for now: {}", reason_of(system_error(error)));
    pause_.expires_after(pause);
    pause_.async_wait([this](const boost::system::error_code& stopped) {
        if (!stopped)
            accept_some();
    });
}

}  // namespace treecast::proxy
