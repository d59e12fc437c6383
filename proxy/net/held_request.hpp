// What a connection holds while the peer waits: a request that is not answered yet, or an answer to
// which parts are still added. One thread.
#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/response.hpp"

#include <cstdint>

namespace treecast::proxy {

/// A waiting request, with all that is needed to answer it. The connection owns it, and destroys it
/// when it is answered or the peer has gone. The functions below are all the events that the
/// connection reports. Each may answer, hold or end the connection, which may destroy the object.
class HeldRequest {
public:
    HeldRequest() = default;
    HeldRequest(const HeldRequest&) = delete;
    HeldRequest& operator=(const HeldRequest&) = delete;
    virtual ~HeldRequest() = default;

    /// The time given to hold() has come: answer, or hold again.
    virtual void wait_is_over() = 0;
    /// The peer sends no more, but may still receive. The implementation ends the connection, or
    /// does nothing: then the request stays held. It must not call hold_until(), since the same
    /// event would then be reported again.
    virtual void peer_ended() = 0;
    /// The server stops soon: the wait ends at `at`, unless it ends before. News until then are
    /// still answered. For a stream: end, at `at` at the latest, by resume(). A request that waits
    /// for something else than news does nothing, and is turned away if it still waits at the stop.
    virtual void end_by(Clock::time_point at) = 0;
    /// The server stops: answer now.
    virtual void turn_away() = 0;
};

/// An answer without a known end. The connection requests the next part when the socket has
/// accepted those before it, so a slow peer costs the memory of one part. It holds the stream while
/// there is no part. A stream whose part is on its way may only be resumed or ended.
class Stream : public HeldRequest {
public:
    enum class Next : std::uint8_t {
        part,    // `part` was filled
        none,    // there is nothing to send until `until`, or until Connection::resume()
        end,     // the answer is complete
        broken,  // it cannot be completed: the connection ends, which shows that
    };
    /// Fills its arguments only: it must not call the connection.
    virtual Next next(Part& part, Clock::time_point& until) = 0;
    /// Whether something from which it makes its parts was superseded, and counts as pinned.
    virtual bool holds_pinned() const noexcept { return false; }
};

}  // namespace treecast::proxy
