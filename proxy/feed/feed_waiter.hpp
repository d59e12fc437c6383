// A held request for the feed. One thread.
#pragma once

#include "proxy/feed/feed_request.hpp"
#include "proxy/feed/feed_subscriber.hpp"
#include "proxy/feed/feed_turn.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/net/held_request.hpp"

#include <chrono>

namespace treecast::proxy {

class FeedWaiterOwner;

struct FeedWaiter final : HeldRequest, FeedSubscriber {
    FeedWaiter(Connection& of, FeedWaiterOwner& answered_by, const FeedRequest& request_)
        : FeedSubscriber(Kind::request), connection(of), owner(answered_by), request(request_) {}
    ~FeedWaiter() override;

    void wait_is_over() override;
    /// Ends a request that waits for news unanswered, as Waiter::peer_ended() does. One that did
    /// not ask to wait is still answered.
    void peer_ended() override;
    void end_by(Clock::time_point at) override;
    void turn_away() override;
    void evaluate(FeedTurn& turn) override;
    void digest_was_given_up() noexcept override { may_load = false; }

    Connection& connection;  // owns this
    FeedWaiterOwner& owner;
    FeedRequest request;
    Clock::time_point wait_until{};  // end of the requested wait
    bool may_load = true;            // hashes for the digest of the state; false once that failed
};

// With its connection and malloc's overhead it takes far less than 1 KiB beside its paths.
static_assert(sizeof(FeedWaiter) <= 208);

class FeedWaiterOwner {
public:
    virtual void wait_is_over(FeedWaiter& waiter) = 0;
    virtual void turn_away(FeedWaiter& waiter) = 0;
    /// Answers, or leaves it held.
    virtual void evaluate(FeedWaiter& waiter, FeedTurn& turn) = 0;
    virtual void removed(FeedWaiter& waiter) = 0;

protected:
    ~FeedWaiterOwner() = default;
};

inline FeedWaiter::~FeedWaiter() {
    owner.removed(*this);
}
inline void FeedWaiter::wait_is_over() {
    owner.wait_is_over(*this);
}
inline void FeedWaiter::peer_ended() {
    if (request.wait > std::chrono::milliseconds(0))
        connection.end();
}
inline void FeedWaiter::end_by(Clock::time_point at) {
    if (at >= wait_until)
        return;
    wait_until = at;
    connection.hold_until(at);
}
inline void FeedWaiter::turn_away() {
    owner.turn_away(*this);
}
inline void FeedWaiter::evaluate(FeedTurn& turn) {
    owner.evaluate(*this, turn);
}

}  // namespace treecast::proxy
