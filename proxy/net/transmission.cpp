#include "proxy/net/transmission.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <span>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace treecast::proxy {

namespace {

/// What one connection may send before others get their turn.
constexpr std::uint64_t bytes_per_turn = (1 << 20) + (16 << 10);  // a MiB with its head in one

constexpr std::size_t joined_bytes_max = 4096;

/// What the kernel takes from sendfile() at a time (a pipe's worth), and the most in one packet.
constexpr std::uint64_t piece_bytes = 1 << 16;

/// While held, only full packets go: an acknowledgement does not send the rest of a piece ahead of
/// the next one, and the connection's end goes with the last bytes. sendfile() has no MSG_MORE for
/// that. Of no effect on Unix sockets.
void hold_partial_packets(int socket, bool held) noexcept {
    const int value = held ? 1 : 0;
    static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_CORK, &value, sizeof value));
}

/// Of two parts that are small it makes one: copying them here is less work than the kernel's with
/// two.
ssize_t send_parts(int socket, std::span<iovec> parts, int flags) noexcept {
    std::array<char, joined_bytes_max> joined;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    iovec piece = parts.front();
    if (parts.size() > 1) {
        const std::size_t bytes = parts[0].iov_len + parts[1].iov_len;
        if (bytes > joined.size()) {
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

bool would_block() noexcept {
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

}  // namespace

Transmission::Transmission(Response response) noexcept
    : response_(std::move(response)),
      total_(response_.head->size() + (response_.end - response_.begin)) {}

Transmission::Outcome Transmission::send(int socket) {
    std::uint64_t budget = bytes_per_turn;
    while (sent_ < total_) {
        if (budget == 0)
            return Outcome::paused;
        const bool from_segment =
            response_.content && !response_.content->on_heap() && sent_ >= response_.head->size();
        const Outcome outcome =
            from_segment ? send_from_segment(socket, budget) : send_from_heap(socket, budget);
        if (outcome != Outcome::done)
            return outcome;
    }
    return Outcome::done;
}

/// Head, and the slice with it if it is on the heap. `done`: some bytes went.
Transmission::Outcome Transmission::send_from_heap(int socket, std::uint64_t& budget) {
    const std::string& head = *response_.head;
    std::array<iovec, 2> parts{};
    std::size_t count = 0;
    const auto add = [&](const char* data, std::uint64_t bytes) {
        // sendmsg() reads only; iovec serves both directions.
        parts[count++] = {const_cast<char*>(data), bytes};
    };
    if (sent_ < head.size())
        add(head.data() + sent_, head.size() - sent_);
    int flags = MSG_NOSIGNAL;
    if (response_.content && response_.content->on_heap()) {
        const std::uint64_t skip = sent_ < head.size() ? 0 : sent_ - head.size();
        const std::uint64_t begin = response_.begin + skip;
        if (begin < response_.end)
            add(response_.content->bytes().data() + begin, response_.end - begin);
    } else if (total_ > head.size()) {
        flags |= MSG_MORE;  // the segment's bytes follow at once
    }
    if (response_.close)
        flags |= MSG_MORE;  // the end follows at once, and needs no packet of its own then
    const ssize_t n = send_parts(socket, {parts.data(), count}, flags);
    if (n < 0)
        return would_block() ? Outcome::blocked
                             : (errno == EINTR ? Outcome::done : Outcome::failed);
    sent_ += static_cast<std::uint64_t>(n);
    budget -= std::min(budget, static_cast<std::uint64_t>(n));
    return Outcome::done;
}

Transmission::Outcome Transmission::send_from_segment(int socket, std::uint64_t& budget) {
    const bool several_pieces = response_.end - response_.begin > piece_bytes;
    if ((several_pieces || response_.close) && sent_ == response_.head->size())
        hold_partial_packets(socket, true);
    off_t offset = static_cast<off_t>(response_.begin + (sent_ - response_.head->size()));
    const std::uint64_t chunk = std::min(budget, total_ - sent_);
    const ssize_t n = ::sendfile(socket, response_.content->descriptor(), &offset, chunk);
    if (n < 0)
        return would_block() ? Outcome::blocked
                             : (errno == EINTR ? Outcome::done : Outcome::failed);
    if (n == 0)
        return Outcome::failed;  // the segment is shorter than its record says
    sent_ += static_cast<std::uint64_t>(n);
    budget -= static_cast<std::uint64_t>(n);
    if (several_pieces && !response_.close && sent_ == total_)
        hold_partial_packets(socket, false);
    return Outcome::done;
}

}  // namespace treecast::proxy
