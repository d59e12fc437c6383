// Answers requests for the feed, or holds them until a file of their interest changes. One thread.
//
// No change is missed. A request that is to be held joins its topic first, and then the catalog is
// read. Each later change that concerns the topic is found in the log by its path. So a change is
// either seen by that read or found in the log.
#pragma once

#include "proxy/feed/feed_answer.hpp"
#include "proxy/feed/feed_pages.hpp"
#include "proxy/feed/feed_topics.hpp"
#include "proxy/feed/feed_waiter.hpp"
#include "proxy/feed/state_digests.hpp"
#include "proxy/http/wait_spread.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"
#include "proxy/source/due_topics.hpp"

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
        std::string instance,
        std::chrono::milliseconds load_timeout
    );

    /// Answers the request or holds it.
    void get(Connection& connection, Interest interest, const FeedRequest& request);

    void changed(std::span<const ipc::LogRecord> changes) override;
    void loaded(ipc::FileId file) override { digests_.loaded(file); }
    void everything_changed(Cause cause) override;
    void end_batch() override { due_.run(); }
    bool is_waiting() const override { return topics_.has_waiters(); }
    /// The worker calls it periodically.
    void housekeep() { digests_.expire(); }

private:
    /// The circumstances of one answer.
    struct Moment {
        Persistence persistence = Persistence::implied;
        bool is_held = false;
        bool may_load = false;  // hashes, for the digest of the state
        bool may_wait = false;
        bool may_settle = false;  // be held for the end of a publication that is under way

        friend bool operator==(const Moment&, const Moment&) = default;
    };
    /// The last result of a turn. Most waiters of a topic sent equal requests.
    struct SharedAnswer {
        FeedRequest request;
        Moment moment;
        std::optional<Response> response;  // none: stay held
    };

    void wait_is_over(FeedWaiter& waiter) override;
    void turn_away(FeedWaiter& waiter) override;
    void removed(FeedWaiter& waiter) override;

    bool evaluate_due(FeedTopic& topic, std::size_t& budget);
    void evaluate(FeedWaiter& waiter, std::optional<SharedAnswer>& last);
    bool is_after_snapshot(const FeedRequest& request) const;
    std::optional<Response>
    answer(FeedTopic& topic, const FeedRequest& request, const Moment& moment);
    std::optional<Response>
    answer_snapshot(FeedTopic& topic, const FeedRequest& request, const Moment& moment);
    std::optional<Response>
    answer_changes(FeedTopic& topic, const FeedRequest& request, const Moment& moment);
    Response answer_quiet(
        const FeedRequest& request,
        Persistence persistence,
        std::uint64_t unchanged_until,
        bool more
    );
    Response refuse(
        const FeedRequest& request,
        Persistence persistence,
        std::string detail,
        unsigned retry_after_s = 1
    );
    AnswerContext context(const FeedRequest& request, Persistence persistence, Caching caching);
    Response
    word(const FeedRequest& request, Persistence persistence, Caching caching, FeedAnswer answer);
    void note_change(ipc::FileId file);
    void make_due(FeedTopic& topic);
    std::optional<Clock::time_point> digest_deadline(const FeedWaiter& waiter) const;
    void digest_has_ended(FeedTopic& topic, bool is_made);

    Attachment& attachment_;
    const std::string instance_;
    FeedTopics topics_;
    FeedPages pages_;
    DueTopics<FeedTopic> due_;
    StateDigests digests_;
    WaitSpread spread_;
};

}  // namespace treecast::proxy
