// One response that is being sent, and how much of it the socket has accepted. One thread.
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/response.hpp"
#include "proxy/net/socket.hpp"

#include <cstdint>

namespace treecast::proxy {

class Transmission {
public:
    enum class Outcome : std::uint8_t {
        done,
        blocked,  // the socket accepts no more at the moment
        paused,   // sent as much as one turn allows; others get their turn first
        failed,   // the peer is gone, or the content is damaged
    };

    explicit Transmission(Response response) noexcept;

    /// Sends what the non-blocking socket accepts, at most as much as one turn allows.
    Outcome send(Socket& socket);

    std::uint64_t sent_bytes() const noexcept { return sent_before_ + sent_; }
    /// Whether one of the response's contents was superseded and counts as pinned. All of them are
    /// kept until the last one is sent.
    bool holds_pinned() const noexcept;

    /// The socket did not accept all of it at once: it waits for the peer from now on.
    void begin_waiting(Clock::time_point now) noexcept { since_ = now; }
    /// All bytes sent so far, per second of the time since then.
    double rate(Clock::time_point now) const noexcept;

private:
    const Part& part() const noexcept {
        return index_ == 0 ? response_.first : (*response_.more)[index_ - 1];
    }
    bool is_last_part() const noexcept {
        return !response_.more || index_ == response_.more->size();
    }
    void begin_part() noexcept;
    Outcome send_part(Socket& socket, std::uint64_t& budget);
    Socket::Output send_from_heap(Socket& socket, std::size_t& bytes);
    Socket::Output send_from_segment(Socket& socket, std::uint64_t budget, std::size_t& bytes);

    Response response_;
    std::uint32_t index_ = 0;        // of the part
    bool holds_packets_ = false;     // partial packets are held in the kernel
    std::uint64_t head_bytes_ = 0;   // of the part
    std::uint64_t part_bytes_ = 0;   // of head and slice together
    std::uint64_t sent_ = 0;         // of the part
    std::uint64_t sent_before_ = 0;  // of the parts before it
    Clock::time_point since_{};
};

}  // namespace treecast::proxy
