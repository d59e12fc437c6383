// What the tests of the feed as multipart/mixed share.
#pragma once

#include "test/integration/feed_fixture.hpp"
#include "test/support/multipart_answer.hpp"

namespace treecast::test::feed_multipart_cases {

using namespace treecast::test::feed_cases;

struct MultipartFeed : Feed {
    /// Sends a request, and leaves its answer to be received.
    HttpConnection send(const std::string& parameters, const HttpServer& server) {
        HttpConnection connection(server);
        connection
            .send_request("GET", "/v1/changes?" + parameters, {{"Accept", "multipart/mixed"}});
        return connection;
    }
    HttpConnection send(const std::string& parameters) { return send(parameters, proxy.server()); }
    HttpResponse get(const std::string& parameters) { return send(parameters).receive(); }
    MultipartAnswer read(const std::string& parameters) {
        return MultipartAnswer::read(get(parameters));
    }
};

}  // namespace treecast::test::feed_multipart_cases
