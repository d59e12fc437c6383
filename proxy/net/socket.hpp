// The socket of one connection. No other file receives from it, sends to it or shuts it down,
// because TLS will be added here. One thread.
//
// The set of sockets is edge-triggered, so each change is reported once. The socket remembers
// reports that were not used up yet: unread input, the peer's end, its hang-up.
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
    /// Receives into `space` and sets `bytes`. `none`: no input now.
    Input receive(std::span<char> space, std::size_t& bytes) noexcept;
    /// What receive() would return; removes no input.
    Input peek() noexcept;
    /// Whether there may be input that was not received; the end counts as input.
    bool may_have_input() const noexcept { return unread_; }
    /// Assume that there is input, whatever was reported.
    void expect_input() noexcept { unread_ = true; }
    /// The peer sends nothing after the unread input.
    bool peer_ended() const noexcept { return ended_; }
    /// The peer does not receive either.
    bool hung_up() const noexcept { return hung_up_; }

    // --- Sending
    enum class Output : std::uint8_t { sent, full, failed };
    /// Sends the parts and sets `bytes` to how much was accepted. `more_follows`: more is sent at
    /// once, so the kernel may delay a partial packet.
    Output send(std::span<iovec> parts, bool more_follows, std::size_t& bytes) noexcept;
    /// The same for a file from `offset` on, at most `count` bytes of it. `failed` if the file ends
    /// there.
    Output send_file(int file, off_t offset, std::size_t count, std::size_t& bytes) noexcept;
    /// While held, the kernel sends full packets only. Then an acknowledgement does not cause it to
    /// send the rest of a piece before the next piece, and the connection's end goes with the last
    /// bytes. send_file() needs this because it has no `more_follows`. It has no effect on Unix
    /// sockets.
    void hold_partial_packets(bool held) noexcept;
    /// Shuts down our half.
    void end_output() noexcept;
    /// Whether the peer's kernel has not acknowledged everything yet, our end included.
    bool has_unacknowledged() const noexcept;

    // --- Waiting
    /// Calls `member` for input from now on; to be called once. Connections that end with their
    /// first answer need not join.
    ErrorCode join(SocketSet& set, SocketSet::Member& member) noexcept;
    /// Calls it for output too; to be called once.
    ErrorCode watch_output(SocketSet& set, SocketSet::Member& member) noexcept;
    void note(SocketSet::Events events) noexcept;
    void close() noexcept { fd_.reset(); }

private:
    UniqueFd fd_;
    bool joined_ = false;          // the set of sockets
    bool output_watched_ = false;  // since the socket was full for the first time
    bool unread_ = true;
    bool urgent_ = false;  // some input is marked urgent, which makes recv() return at the mark
    bool ended_ = false;
    bool hung_up_ = false;
};

}  // namespace treecast::proxy
