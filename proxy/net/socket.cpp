#include "proxy/net/socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

namespace treecast::proxy {

namespace {

constexpr std::size_t joined_bytes_max = 4096;

/// Copies two small parts into one, because that is less work than the kernel's for two parts.
ssize_t send_parts(int socket, std::span<iovec> parts, int flags) noexcept {
    std::array<char, joined_bytes_max> joined;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    iovec piece = parts.front();
    if (parts.size() > 1) {
        const std::size_t bytes = parts[0].iov_len + parts[1].iov_len;
        if (parts.size() > 2 || bytes > joined.size()) {
            msghdr message{};
            message.msg_iov = parts.data();
            message.msg_iovlen = parts.size();
            return ::sendmsg(socket, &message, flags);
        }
        std::memcpy(joined.data(), parts[0].iov_base, parts[0].iov_len);
        std::memcpy(joined.data() + parts[0].iov_len, parts[1].iov_base, parts[1].iov_len);
        piece = {joined.data(), bytes};
    }
    return ::send(socket, piece.iov_base, piece.iov_len, flags);
}

ssize_t receive_some(int socket, std::span<char> space, int flags) noexcept {
    ssize_t n = 0;
    do
        n = ::recv(socket, space.data(), space.size(), flags);
    while (n < 0 && errno == EINTR);
    return n;
}

Socket::Output output_of(ssize_t n, std::size_t& bytes) noexcept {
    bytes = n > 0 ? static_cast<std::size_t>(n) : 0;
    if (n >= 0 || errno == EINTR)
        return Socket::Output::sent;
    return errno == EAGAIN ? Socket::Output::full : Socket::Output::failed;
}

}  // namespace

Socket::Input Socket::receive(std::span<char> space, std::size_t& bytes) noexcept {
    const ssize_t n = receive_some(fd_.get(), space, MSG_DONTWAIT);
    bytes = n > 0 ? static_cast<std::size_t>(n) : 0;
    if (n == 0)
        return Input::end;
    if (n < 0 && errno != EAGAIN)
        return Input::failed;
    // A read that returns fewer bytes than requested has emptied the stream (epoll(7), Q9). Only
    // its end, or bytes after an urgent one, may still be there.
    urgent_ = urgent_ && n > 0;
    unread_ = ended_ || urgent_ || bytes == space.size();
    return n > 0 ? Input::bytes : Input::none;
}

Socket::Input Socket::peek() noexcept {
    char byte = 0;
    const ssize_t n = receive_some(fd_.get(), {&byte, 1}, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0)
        return Input::bytes;
    if (n == 0)
        return Input::end;
    if (errno != EAGAIN)
        return Input::failed;
    unread_ = false;
    return Input::none;
}

Socket::Output
Socket::send(std::span<iovec> parts, bool more_follows, std::size_t& bytes) noexcept {
    const int flags = MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0);
    return output_of(send_parts(fd_.get(), parts, flags), bytes);
}

Socket::Output
Socket::send_file(int file, off_t offset, std::size_t count, std::size_t& bytes) noexcept {
    const ssize_t n = ::sendfile(fd_.get(), file, &offset, count);
    if (n == 0) {
        bytes = 0;
        return Output::failed;
    }
    return output_of(n, bytes);
}

void Socket::hold_partial_packets(bool held) noexcept {
    const int value = held ? 1 : 0;
    static_cast<void>(::setsockopt(fd_.get(), IPPROTO_TCP, TCP_CORK, &value, sizeof value));
}

void Socket::end_output() noexcept {
    ::shutdown(fd_.get(), SHUT_WR);
}

bool Socket::has_unacknowledged() const noexcept {
    int bytes = 0;
    return ::ioctl(fd_.get(), SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

ErrorCode Socket::join(SocketSet& set, SocketSet::Member& member) noexcept {
    if (std::exchange(joined_, true))
        return {};
    return set.add(fd_.get(), member);
}

ErrorCode Socket::watch_output(SocketSet& set, SocketSet::Member& member) noexcept {
    if (const ErrorCode error = join(set, member))
        return error;
    if (std::exchange(output_watched_, true))
        return {};
    return set.watch_output(fd_.get(), member);
}

void Socket::note(SocketSet::Events events) noexcept {
    unread_ = unread_ || events.input;
    urgent_ = urgent_ || events.urgent;
    ended_ = ended_ || events.end;
    hung_up_ = hung_up_ || events.hangup;
}

}  // namespace treecast::proxy
