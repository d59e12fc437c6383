// GET, HEAD and POST /v1/changes: converts an HTTP request into an Interest and a FeedRequest. One
// thread.
#pragma once

#include "proxy/feed/feed_service.hpp"
#include "proxy/http/request_handler.hpp"
#include "proxy/source/attachment.hpp"

#include <chrono>

namespace treecast::proxy {

class FeedEndpoint {
public:
    FeedEndpoint(FeedService& feed, Attachment& attachment, std::chrono::milliseconds wait_max)
        : feed_(feed), attachment_(attachment), wait_max_(wait_max) {}

    void changes(const Exchange& exchange);

private:
    FeedService& feed_;
    Attachment& attachment_;
    const std::chrono::milliseconds wait_max_;
};

}  // namespace treecast::proxy
