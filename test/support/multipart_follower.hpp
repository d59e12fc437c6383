// A client of the change feed with contents: it applies each answer to a state of its own. One
// thread.
#pragma once

#include "test/support/feed_requests.hpp"
#include "test/support/multipart_answer.hpp"

#include <map>
#include <string>
#include <utility>

namespace treecast::test {

class MultipartFollower {
public:
    using Files = std::map<std::string, FilePart>;

    MultipartFollower(HttpServer server, std::string interest)
        : requests_(std::move(server), std::move(interest)) {}

    /// One request; returns whether it brought anything. Throws WrongAnswer, and what
    /// HttpConnection throws: then nothing was applied.
    bool ask(const std::string& parameters = {});
    /// Asks until nothing is new.
    void catch_up() {
        while (ask() || has_more_) {
        }
    }

    /// Complete unless has_more().
    const Files& files() const noexcept { return files_; }
    bool has_more() const noexcept { return has_more_; }

private:
    FeedRequests requests_;
    std::string cursor_;
    Files files_;
    bool has_more_ = false;
};

}  // namespace treecast::test
