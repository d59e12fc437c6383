// Answers requests for the feed, or holds them until a file of their interest changes. One thread.
#pragma once

#include "proxy/feed/feed_answer.hpp"
#include "proxy/feed/feed_dispatcher.hpp"
#include "proxy/feed/feed_pages.hpp"
#include "proxy/feed/feed_topics.hpp"
#include "proxy/feed/feed_waiter.hpp"
#include "proxy/feed/multipart_answers.hpp"
#include "proxy/feed/state_digests.hpp"
#include "proxy/http/wait_spread.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace treecast::proxy {

class FeedService final : public ChangeConsumer, private FeedWaiterOwner {
public:
    FeedService(
        boost::asio::io_context& context,
        Attachment& attachment,
        Maker& maker,
        WantSender& wants,
        RepresentationCache& cache,
        std::string instance,
        std::chrono::milliseconds load_timeout
    );

    /// Answers the request or holds it.
    void get(Connection& connection, Interest interest, const FeedRequest& request);

    void changed(std::span<const ipc::LogRecord> changes) override { dispatcher_.changed(changes); }
    void loaded(ipc::FileId file) override;
    void everything_changed(Cause cause) override;
    void end_batch() override;
    bool is_waiting() const override {
        return topics_.has_subscribers() || multipart_.is_waiting();
    }
    /// The worker calls it periodically.
    void housekeep() { digests_.expire(); }
    /// For others that subscribe to topics.
    FeedDispatcher& dispatcher() noexcept { return dispatcher_; }

private:
    void wait_is_over(FeedWaiter& waiter) override;
    void turn_away(FeedWaiter& waiter) override;
    void evaluate(FeedWaiter& waiter, FeedTurn& turn) override;
    void removed(FeedWaiter& waiter) override;

    void send(Connection& connection, const FeedRequest& request, FeedReply reply);
    bool is_after_snapshot(const FeedRequest& request) const;
    std::optional<FeedReply>
    answer(FeedTopic& topic, const FeedRequest& request, const FeedMoment& moment);
    std::optional<FeedReply>
    answer_snapshot(FeedTopic& topic, const FeedRequest& request, const FeedMoment& moment);
    std::optional<FeedReply>
    answer_changes(FeedTopic& topic, const FeedRequest& request, const FeedMoment& moment);
    FeedReply answer_quiet(
        const FeedRequest& request,
        Persistence persistence,
        std::uint64_t unchanged_until,
        bool more
    );
    FeedReply refuse(
        const FeedRequest& request,
        Persistence persistence,
        std::string detail,
        unsigned retry_after_s = 1
    );
    AnswerContext context(const FeedRequest& request, Persistence persistence, Caching caching);
    FeedReply
    word(const FeedRequest& request, Persistence persistence, Caching caching, FeedAnswer answer);
    std::optional<Clock::time_point> digest_deadline(const FeedWaiter& waiter) const;
    void digest_has_ended(FeedTopic& topic, bool is_made);

    Attachment& attachment_;
    const std::string instance_;
    FeedDispatcher dispatcher_;
    FeedTopics& topics_;
    FeedPages& pages_;
    StateDigests digests_;
    MultipartAnswers multipart_;
    WaitSpread spread_;
};

}  // namespace treecast::proxy
