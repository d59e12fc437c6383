// A held request for the feed. One thread.
#pragma once

#include "proxy/feed/feed_request.hpp"
#include "proxy/feed/feed_subscriber.hpp"
#include "proxy/feed/feed_turn.hpp"
#include "proxy/net/waiting_request.hpp"

#include <chrono>

namespace treecast::proxy {

class FeedWaiterOwner;

struct FeedWaiter final : WaitingRequest, FeedSubscriber {
    FeedWaiter(Connection& of, FeedWaiterOwner& answered_by, const FeedRequest& request_)
        : WaitingRequest(of),
          FeedSubscriber(Kind::request),
          owner(answered_by),
          request(request_) {}
    ~FeedWaiter() override;

    void wait_is_over() override;
    void turn_away() override;
    void evaluate(FeedTurn& turn) override;
    void digest_was_given_up() noexcept override { may_load = false; }

    FeedWaiterOwner& owner;
    FeedRequest request;
    bool may_load = true;  // hashes for the digest of the state; false once that failed

private:
    /// One that did not ask to wait is held for the end of a publication, or for a digest.
    bool waits_for_news() const noexcept override {
        return request.wait > std::chrono::milliseconds(0);
    }
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
inline void FeedWaiter::turn_away() {
    owner.turn_away(*this);
}
inline void FeedWaiter::evaluate(FeedTurn& turn) {
    owner.evaluate(*this, turn);
}

}  // namespace treecast::proxy
