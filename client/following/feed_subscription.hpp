// A subscription to a change feed: sends the requests, keeps the cursor, backs off, and returns the
// answers as values. It knows no files and prints nothing. One thread.
//
// Who uses it applies each answer to what it has: `reset` makes that void, and only after an answer
// without `more` is the result a state that the tree had.
#pragma once

#include "client/following/feed_fsm.hpp"
#include "client/http/text_sink.hpp"
#include "client/http/transfer_engine.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace treecast::client {

class FeedSubscription {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    /// An answer lists about 5,000 files, and those fit whatever their paths are. But a revision
    /// that changed more is listed as a whole. If that does not fit, the present state is requested
    /// anew, which comes in pages.
    static constexpr std::size_t answer_bytes_max = std::size_t{128} << 20;

    /// `changes_url`: `ORIGIN/v1/changes`, with or without a query.
    FeedSubscription(
        std::string changes_url,
        std::chrono::seconds wait,
        FeedJson form = FeedJson::drop
    )
        : url_(std::move(changes_url)), fsm_(wait, form) {}

    /// Starts the next request with `key` if it is due.
    void poll(TransferEngine& http, std::size_t key, TimePoint now);
    /// When `poll` has to be called; nullopt while a request is under way.
    std::optional<TimePoint> due() const;
    /// Processes the answer to the request under way. `random` is from [0, 1).
    FeedAction complete(const Answer& answer, double random, TimePoint now);

    const std::string& url() const noexcept { return url_; }

private:
    std::string url_;
    FeedFsm fsm_;
    TimePoint next_poll_{};
    std::unique_ptr<TextSink> body_;  // of the request under way; the engine points to it
};

}  // namespace treecast::client
