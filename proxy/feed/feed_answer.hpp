// Words the feed's answers. Pure.
#pragma once

#include "proxy/feed/feed_cursor.hpp"
#include "proxy/http/response_head.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace treecast::proxy {

struct FeedAnswer {
    std::string_view instance{};
    FeedCursor cursor;
    bool reset = false;
    bool same = false;
    bool more = false;
    std::shared_ptr<const std::string> changes{};  // as changes_as_json() makes them; null: none
};

/// The same list of changes is shared by all who get it, if it is long.
Response feed_response(const FeedAnswer& answer, const AnswerContext& context, bool without_body);

}  // namespace treecast::proxy
