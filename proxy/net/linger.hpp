// The end of a connection after its last answer: our half is ended, and what the peer still sends
// is read and dropped, since closing a socket with unread input would reset it and destroy what is
// left of the answer. One thread.
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/socket.hpp"

#include <cstdint>

namespace treecast::proxy {

class Linger {
public:
    enum class Outcome : std::uint8_t {
        waits,   // nothing came: the deadline stays
        moved,   // something came, so that the peer has time again
        paused,  // more is there; others first
        over,
    };

    /// Ends our half.
    void begin(Socket& socket, Clock::time_point now);
    /// Drops what has come.
    Outcome discard(Socket& socket);
    /// When to look again if the peer stays silent from `now` on.
    Clock::time_point deadline(Clock::time_point now) const noexcept;
    /// The deadline came. A silent peer may be busy taking the rest of the answer, which the kernel
    /// has.
    bool is_over(Clock::time_point now, const Socket& socket) const noexcept;

private:
    Clock::time_point since_{};
    std::uint32_t bytes_ = 0;
};

}  // namespace treecast::proxy
