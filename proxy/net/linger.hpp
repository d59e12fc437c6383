// The end of a connection after its last answer. Our half is shut down, and further input is read
// and dropped. Closing a socket with unread input would reset the connection and destroy the rest
// of the answer. One thread.
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/socket.hpp"

#include <cstdint>

namespace treecast::proxy {

class Linger {
public:
    enum class Outcome : std::uint8_t {
        waits,   // nothing came: the deadline stays
        moved,   // something came: the deadline moves
        paused,  // there is more input; others get their turn first
        over,
    };

    /// Shuts down our half.
    void begin(Socket& socket, Clock::time_point now);
    /// Reads and drops what has arrived.
    Outcome discard(Socket& socket);
    /// When to check again if the peer stays silent from `now` on.
    Clock::time_point deadline(Clock::time_point now) const noexcept;
    /// To be called at the deadline. A silent peer may still be receiving the rest of the answer,
    /// which the kernel has.
    bool is_over(Clock::time_point now, const Socket& socket) const noexcept;

private:
    Clock::time_point since_{};
    std::uint32_t bytes_ = 0;
};

}  // namespace treecast::proxy
