// GET, HEAD and POST /v1/changes: converts an HTTP request into an Interest and a FeedRequest. GET
// and HEAD /v1/events: into an Interest and a cursor. One thread.
#pragma once

#include "proxy/feed/event_streams.hpp"
#include "proxy/feed/feed_service.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/source/attachment.hpp"

#include <chrono>

namespace treecast::proxy {

class FeedEndpoint {
public:
    FeedEndpoint(
        FeedService& feed,
        EventStreams& events,
        Attachment& attachment,
        std::chrono::milliseconds wait_max
    )
        : feed_(feed), events_(events), attachment_(attachment), wait_max_(wait_max) {}

    void changes(const Exchange& exchange);
    void events(const Exchange& exchange);

private:
    FeedService& feed_;
    EventStreams& events_;
    Attachment& attachment_;
    const std::chrono::milliseconds wait_max_;
};

}  // namespace treecast::proxy
