#include "proxy/feed/event_streams.hpp"

#include "proxy/feed/event_text.hpp"
#include "proxy/http/response_head.hpp"

#include <chrono>
#include <random>
#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_min = 1s;
constexpr auto retry_max = 5s;

}  // namespace

EventStreams::EventStreams(Attachment& attachment, FeedDispatcher& dispatcher, std::string instance)
    : topics_(dispatcher.topics()),
      sources_{
          attachment,
          dispatcher.pages(),
          std::move(instance),
          WaitSpread(std::random_device()())} {}

void EventStreams::begin(
    Connection& connection,
    Interest interest,
    const std::optional<FeedCursor>& after
) {
    FeedTopic& topic = topics_.topic_of(std::move(interest));
    auto stream = std::make_unique<EventStream>(connection, sources_, after);
    // Join the topic first, then read: see the top of feed_dispatcher.hpp.
    topics_.add(topic, *stream);
    const auto pause = sources_.spread.draw_between(retry_min, retry_max);
    connection.respond(response_of(Persistence::close, retry_text(pause)), std::move(stream));
}

void EventStreams::send_head(Connection& connection) {
    connection.respond(response_of(connection.persistence(), {}));
}

/// The end of the connection is that of the stream. Its bytes are the same for every version of
/// HTTP then, and shared as they are.
Response EventStreams::response_of(Persistence persistence, std::string_view body) {
    const AnswerContext context =
        context_now(persistence, Caching::none, sources_.attachment.stale_seconds());
    HeadBuilder head(200, context);
    head.field("Content-Type", "text/event-stream");
    head.field("X-Accel-Buffering", "no");  // else nginx collects events
    return make_response(head.finish(body), context);
}

}  // namespace treecast::proxy
