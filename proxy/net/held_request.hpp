// What a connection holds for a peer who waits: a request that is not answered yet, or an answer
// whose maker adds to it. One thread.
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/response.hpp"

#include <cstdint>

namespace treecast::proxy {

/// A request that waits, with all that is needed to answer it. The connection owns it, destroys it
/// when it is answered or the peer has gone, and tells it exactly this. Each function may answer,
/// hold or end the connection, which may destroy the object.
class HeldRequest {
public:
    HeldRequest() = default;
    HeldRequest(const HeldRequest&) = delete;
    HeldRequest& operator=(const HeldRequest&) = delete;
    virtual ~HeldRequest() = default;

    /// The time that hold() was given has come: answer, or hold again.
    virtual void wait_is_over() = 0;
    /// The peer sends no more, though it may still receive: end the connection, or go on.
    virtual void peer_ended() = 0;
    /// The server stops: answer now.
    virtual void turn_away() = 0;
};

/// An answer without a known end. The connection asks for the next part when the socket has taken
/// the ones before, so that a slow peer costs one part, and holds it while there is none.
class Stream : public HeldRequest {
public:
    enum class Next : std::uint8_t {
        part,  // `part` was filled
        none,  // there is nothing to send until `until`, or until Connection::resume()
        end,   // the answer is complete
    };
    /// Only fills what it is given: it must not call the connection.
    virtual Next next(Part& part, Clock::time_point& until) = 0;
};

}  // namespace treecast::proxy
