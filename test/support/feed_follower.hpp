// A client of the change feed: it applies each answer to a state of its own, and checks what every
// answer must hold. One thread.
#pragma once

#include "test/support/feed_requests.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <utility>

namespace treecast::test {

class FeedFollower {
public:
    /// What an answer says of a file, as JSON, without its path.
    using Files = std::map<std::string, boost::json::object>;

    FeedFollower(HttpServer server, std::string interest)
        : requests_(std::move(server), std::move(interest)) {}

    /// One request; returns whether it brought anything. Throws WrongAnswer, and what
    /// HttpConnection throws.
    bool ask(const std::string& parameters = {});
    /// Asks until nothing is new.
    void catch_up() {
        while (ask() || has_more_) {
        }
    }

    /// Complete unless has_more().
    const Files& files() const noexcept { return files_; }
    bool has_more() const noexcept { return has_more_; }
    const std::string& cursor() const noexcept { return cursor_; }
    unsigned resets() const noexcept { return resets_; }

private:
    void apply(const boost::json::object& answer);
    void apply_change(const boost::json::object& change);

    FeedRequests requests_;
    std::string cursor_;
    Files files_;
    bool has_more_ = false;
    unsigned resets_ = 0;
};

}  // namespace treecast::test
