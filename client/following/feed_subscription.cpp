#include "client/following/feed_subscription.hpp"

#include <utility>

namespace treecast::client {

void FeedSubscription::poll(TransferEngine& http, std::size_t key, TimePoint now) {
    if (body_ || now < next_poll_)
        return;
    body_ = std::make_unique<TextSink>(answer_bytes_max);
    const auto request = fsm_.request();
    std::string url = url_;
    if (!request.parameters.empty())
        url += (url.find('?') == url.npos ? '?' : '&') + request.parameters;
    http.start(key, {url, {}, request.wait, body_.get()});
}

std::optional<FeedSubscription::TimePoint> FeedSubscription::due() const {
    if (body_)
        return std::nullopt;
    return next_poll_;
}

FeedAction FeedSubscription::complete(const Answer& answer, double random, TimePoint now) {
    const auto body = std::exchange(body_, nullptr);
    auto action = fsm_.resume(answer, body->text(), random);
    if (body->is_too_long())
        fsm_.begin_anew();
    next_poll_ = now + action.pause;
    return action;
}

}  // namespace treecast::client
