// One response on its way out: how much of it the socket has taken. One thread.
#pragma once

#include "proxy/net/response.hpp"

#include <cstdint>

namespace treecast::proxy {

class Transmission {
public:
    enum class Outcome : std::uint8_t {
        done,
        blocked,  // the socket takes no more for now
        paused,   // took a turn's worth; others first
        failed,   // the peer is gone, or the content is damaged
    };

    explicit Transmission(Response response) noexcept;

    /// Sends what the non-blocking socket takes, at most a turn's worth.
    Outcome send(int socket);

    std::uint64_t sent_bytes() const noexcept { return sent_; }
    const Content* content() const noexcept { return response_.content.get(); }

private:
    Outcome send_from_heap(int socket, std::uint64_t& budget);
    Outcome send_from_segment(int socket, std::uint64_t& budget);

    Response response_;
    std::uint64_t sent_ = 0;  // of head and slice together
    std::uint64_t total_;
};

}  // namespace treecast::proxy
