// The socket of one connection: the only file that receives from, sends to or ends it. TLS will
// come here. One thread.
//
// The set of sockets is edge-triggered, so each change is reported once. The socket remembers what
// was reported and not used up yet: unread input, the peer's end, its hang-up.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "proxy/net/socket_set.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/types.h>
#include <sys/uio.h>

namespace treecast::proxy {

class Socket {
public:
    enum class Input : std::uint8_t { bytes, none, end, failed };

    /// A connected, non-blocking socket.
    explicit Socket(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    // --- Receiving
    /// Fills `bytes` of `space`. `none`: nothing is there now.
    Input receive(std::span<char> space, std::size_t& bytes) noexcept;
    /// What receive() would say; takes nothing.
    Input peek() noexcept;
    /// Whether there may be input that was not received, if only the end.
    bool may_have_input() const noexcept { return unread_; }
    /// Look again, whatever was reported.
    void expect_input() noexcept { unread_ = true; }
    /// The peer sends no more than what is unread.
    bool peer_ended() const noexcept { return ended_; }
    /// Nor does it receive.
    bool hung_up() const noexcept { return hung_up_; }

    // --- Sending
    enum class Output : std::uint8_t { sent, full, failed };
    /// Sends `bytes` of the parts. `more_follows`: at once, so that a packet need not go yet.
    Output send(std::span<iovec> parts, bool more_follows, std::size_t& bytes) noexcept;
    /// The same of a file from `offset` on, at most `count` bytes of it. `failed` if it ends there.
    Output send_file(int file, off_t offset, std::size_t count, std::size_t& bytes) noexcept;
    /// While held, only full packets go: an acknowledgement does not send the rest of a piece ahead
    /// of the next one, and the connection's end goes with the last bytes. send_file() has no
    /// `more_follows`. Of no effect on Unix sockets.
    void hold_partial_packets(bool held) noexcept;
    /// Ends our half.
    void end_output() noexcept;
    /// Whether the peer's kernel is still to be sent something, our end included.
    bool has_unacknowledged() const noexcept;

    // --- Waiting
    /// From now on `member` is called for input; once. Connections that end with their first answer
    /// need not.
    ErrorCode join(SocketSet& set, SocketSet::Member& member) noexcept;
    /// From now on for output too; once.
    ErrorCode watch_output(SocketSet& set, SocketSet::Member& member) noexcept;
    void note(SocketSet::Events events) noexcept;
    void close() noexcept { fd_.reset(); }

private:
    UniqueFd fd_;
    bool joined_ = false;          // the set of sockets
    bool output_watched_ = false;  // since the socket was full for the first time
    bool unread_ = true;
    bool urgent_ = false;  // some are marked urgent, which divides what one recv() gives
    bool ended_ = false;
    bool hung_up_ = false;
};

}  // namespace treecast::proxy
