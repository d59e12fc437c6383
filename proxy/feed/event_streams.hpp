// Begins the streams of /v1/events. One thread.
//
// A well-formed request is always answered 200: EventSource gives up on anything else.
#pragma once

#include "proxy/feed/event_stream.hpp"
#include "proxy/feed/feed_dispatcher.hpp"
#include "proxy/feed/interest.hpp"

#include <optional>
#include <string>

namespace treecast::proxy {

class EventStreams {
public:
    EventStreams(Attachment& attachment, FeedDispatcher& dispatcher, std::string instance);

    void begin(Connection& connection, Interest interest, const std::optional<FeedCursor>& after);
    void send_head(Connection& connection);
    /// Of streams that begin later.
    void set_heartbeat_interval(std::chrono::milliseconds interval) {
        sources_.heartbeat_interval = interval;
    }

private:
    Response response_of(Persistence persistence, std::string_view body);

    FeedTopics& topics_;
    EventSources sources_;
};

}  // namespace treecast::proxy
