// Sends requests for the change feed on one connection, which is kept as long as it lasts. One
// thread.
#pragma once

#include "test/support/http_client.hpp"
#include "test/support/wrong_answer.hpp"

#include <optional>
#include <string>
#include <utility>

namespace treecast::test {

class FeedRequests {
public:
    /// `interest`: parameters such as "prefix=conf/&path=a".
    FeedRequests(HttpServer server, std::string interest)
        : server_(std::move(server)), interest_(std::move(interest)) {}

    /// The answer with status 200; nullopt: it was 503. Throws WrongAnswer on any other, and what
    /// HttpConnection throws. `parameters`: such as "wait=1". `cursor`: empty: none.
    std::optional<HttpResponse>
    ask(const std::string& parameters, const std::string& cursor, const HttpHeaders& headers = {});

private:
    const HttpServer server_;
    const std::string interest_;
    std::optional<HttpConnection> connection_;
};

}  // namespace treecast::test
