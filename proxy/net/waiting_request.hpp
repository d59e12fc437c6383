// A held request that its client lets wait for news for some time. One thread.
#pragma once

#include "proxy/net/connection.hpp"
#include "proxy/net/held_request.hpp"

namespace treecast::proxy {

struct WaitingRequest : HeldRequest {
    explicit WaitingRequest(Connection& of) noexcept : connection(of) {}

    /// A FIN does not tell a client that has gone from one that has only finished sending. A poll
    /// that waits for a change is closed; a request that waits for what its answer is made of is
    /// still answered, and the end is found again after that.
    void peer_ended() override {
        if (waits_for_news())
            connection.end();
    }
    void end_by(Clock::time_point at) override {
        if (at >= wait_until)
            return;
        wait_until = at;
        if (waits_for_news())
            connection.hold_until(at);
    }

    Connection& connection;          // owns this
    Clock::time_point wait_until{};  // end of the requested wait

protected:
    /// Whether the connection's deadline is that of the wait.
    virtual bool waits_for_news() const noexcept = 0;
};

}  // namespace treecast::proxy
