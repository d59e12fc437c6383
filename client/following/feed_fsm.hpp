// Follows a change feed by held requests: the input is an answer, the output is the next action.
// Pure.
//
// The first request is for the present state. It may come in pages, each of which is asked for at
// once. Each later request sends the cursor of the answer before, and is held until something
// changes. A request that fails is repeated with the same cursor, so nothing is lost.
#pragma once

#include "client/following/feed_answer.hpp"
#include "client/following/quick_answers.hpp"
#include "client/http/answer.hpp"
#include "client/http/back_off.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::client {

struct FeedRequest {
    std::string parameters;        // "" or "after=..&wait=.."
    std::chrono::seconds wait{0};  // the longest time that the server may hold it
};

struct FeedAction {
    std::optional<FeedAnswer> answer;    // to be applied, in the order of the answers
    std::chrono::milliseconds pause{0};  // before the next request
    std::string trouble;                 // the error; empty: none
};

class FeedFsm {
public:
    explicit FeedFsm(std::chrono::seconds wait, FeedJson form = FeedJson::drop)
        : wait_(wait), form_(form) {}

    FeedRequest request() const;
    /// Processes the answer to `request()` and its body, if it is a 200. `random` is from [0, 1).
    FeedAction resume(const Answer& answer, std::string_view body, double random);
    /// Drops the cursor: the next request is for the present state.
    void begin_anew() noexcept { cursor_.clear(); }

private:
    FeedAction accept(const Answer& answer, FeedAnswer feed, double random);
    FeedAction retry(const Answer& answer, std::string trouble, double random);
    std::chrono::milliseconds
    pause_after(const Answer& answer, const FeedAnswer& feed, double random);

    std::chrono::seconds wait_;
    FeedJson form_;
    std::string cursor_;  // empty: the next request is for the present state
    bool more_ = false;   // the next request is not held

    BackOff failures_;
    QuickAnswers quick_answers_;
};

}  // namespace treecast::client
