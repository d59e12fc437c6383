#include "test/support/feed_requests.hpp"

namespace treecast::test {

std::optional<HttpResponse> FeedRequests::ask(
    const std::string& parameters,
    const std::string& cursor,
    const HttpHeaders& headers
) {
    std::string target = "/v1/changes?" + interest_ + '&' + parameters;
    if (!cursor.empty())
        target += "&after=" + cursor;
    if (!connection_)
        connection_.emplace(server_);
    HttpResponse response;
    try {
        response = connection_->get(target, headers);
    } catch (...) {
        connection_.reset();
        throw;
    }
    if (!response.keep_alive)
        connection_.reset();
    if (response.status == 503)
        return std::nullopt;
    if (response.status != 200)
        throw WrongAnswer("the feed answered " + response.body);
    return response;
}

}  // namespace treecast::test
