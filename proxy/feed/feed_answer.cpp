#include "proxy/feed/feed_answer.hpp"

namespace treecast::proxy {

namespace {

/// A shorter list is copied behind its head, so that both leave in one call.
constexpr std::size_t copied_bytes_max = std::size_t{16} << 10;

const char* word(bool value) {
    return value ? "true" : "false";
}

/// The instance's name needs no escapes.
std::string members_of(const FeedAnswer& answer) {
    std::string text = R"({"instance":")";
    text.append(answer.instance).append(R"(","cursor":")").append(to_string(answer.cursor));
    text.append(R"(","reset":)").append(word(answer.reset));
    text.append(R"(,"same":)").append(word(answer.same));
    text.append(R"(,"more":)").append(word(answer.more));
    return text;
}

constexpr std::string_view closing = "]}\n";

}  // namespace

std::string beginning_as_json(const FeedAnswer& answer) {
    return members_of(answer) + "}\n";
}

std::string end_as_json(const FeedEnd& end) {
    return R"({"cursor":")" + to_string(end.cursor) + R"(","more":)" + word(end.more) + "}\n";
}

Response feed_response(const FeedAnswer& answer, const AnswerContext& context, bool without_body) {
    const std::size_t list = answer.changes ? answer.changes->size() : 0;
    std::string front = members_of(answer) + R"(,"changes":[)";
    HeadBuilder head(200, context);
    head.field("Content-Type", "application/json");
    head.field("Vary", "Accept");
    head.field("Content-Length", front.size() + list + closing.size());
    if (without_body)
        return make_response(head.finish(), context);
    if (list <= copied_bytes_max) {
        if (answer.changes)
            front += *answer.changes;
        return make_response(head.finish(front += closing), context);
    }
    Response response = make_response(head.finish(front), context);
    PartList rest(2);
    if (answer.content)
        rest[0] = {.content = answer.content, .end = answer.content->size()};
    else
        rest[0].head = answer.changes;
    rest[1].head = std::make_shared<const std::string>(closing);
    response.more = std::make_shared<const PartList>(std::move(rest));
    return response;
}

}  // namespace treecast::proxy
