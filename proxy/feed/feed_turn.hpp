// What the subscribers of one topic share that are evaluated in one turn. One thread.
#pragma once

#include "proxy/feed/feed_request.hpp"
#include "proxy/feed/multipart_page.hpp"
#include "proxy/net/response.hpp"

#include <memory>
#include <optional>

namespace treecast::proxy {

/// The circumstances of one answer to a request.
struct FeedMoment {
    Persistence persistence = Persistence::implied;
    bool is_held = false;
    bool may_load = false;  // hashes, for the digest of the state
    bool may_wait = false;
    bool may_settle = false;  // be held for the end of a publication that is under way

    friend bool operator==(const FeedMoment&, const FeedMoment&) = default;
};

/// An answer, or the beginning of one.
struct FeedReply {
    Response response;
    std::shared_ptr<const MultipartPage> rest{};  // null: the response is all of it
};

struct FeedTurn {
    struct Answer {
        FeedRequest request;
        FeedMoment moment;
        std::optional<FeedReply> reply;  // none: stay held
    };
    /// The last result. Most of those who wait for a topic sent equal requests.
    std::optional<Answer> answer;
};

}  // namespace treecast::proxy
