#include "proxy/feed/feed_answer.hpp"

namespace treecast::proxy {

namespace {

/// A shorter list is copied behind its head, so that both leave in one call.
constexpr std::size_t copied_bytes_max = std::size_t{16} << 10;

const char* word(bool value) {
    return value ? "true" : "false";
}

/// The instance's name needs no escapes.
std::string beginning(const FeedAnswer& answer) {
    std::string text = R"({"instance":")";
    text.append(answer.instance).append(R"(","cursor":")").append(to_string(answer.cursor));
    text.append(R"(","reset":)").append(word(answer.reset));
    text.append(R"(,"same":)").append(word(answer.same));
    text.append(R"(,"more":)").append(word(answer.more));
    text.append(R"(,"changes":[)");
    return text;
}

constexpr std::string_view end_of_answer = "]}\n";

}  // namespace

Response feed_response(const FeedAnswer& answer, const AnswerContext& context, bool without_body) {
    const std::size_t list = answer.changes ? answer.changes->size() : 0;
    std::string front = beginning(answer);
    HeadBuilder head(200, context);
    head.field("Content-Type", "application/json");
    head.field("Content-Length", front.size() + list + end_of_answer.size());
    if (without_body)
        return make_response(head.finish(), context);
    if (list <= copied_bytes_max) {
        if (answer.changes)
            front += *answer.changes;
        return make_response(head.finish(front += end_of_answer), context);
    }
    Response response = make_response(head.finish(front), context);
    PartList rest(2);
    rest[0].head = answer.changes;
    rest[1].head = std::make_shared<const std::string>(end_of_answer);
    response.more = std::make_shared<const PartList>(std::move(rest));
    return response;
}

}  // namespace treecast::proxy
