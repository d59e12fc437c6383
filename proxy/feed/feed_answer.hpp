// Words the feed's answers. Pure.
#pragma once

#include "proxy/feed/feed_cursor.hpp"
#include "proxy/feed/feed_end.hpp"
#include "proxy/feed/feed_page.hpp"
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
    std::shared_ptr<Content> content{};            // of a long page: see MadePage
    std::shared_ptr<const ListedFiles> files{};    // instead, for an answer with contents
};

/// What an answer with contents says of itself at its beginning: all members but `changes`.
std::string beginning_as_json(const FeedAnswer& answer);
/// And at its end.
std::string end_as_json(const FeedEnd& end);

/// The same list of changes is shared by all who get it, if it is long.
Response feed_response(const FeedAnswer& answer, const AnswerContext& context, bool without_body);

}  // namespace treecast::proxy
