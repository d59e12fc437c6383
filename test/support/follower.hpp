// A subscriber that receives the versions of one file, in a thread of its own.
#pragma once

#include "test/support/http_client.hpp"
#include "test/support/poll_until.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace treecast::test {

class Follower {
public:
    struct Seen {
        unsigned status = 0;
        std::string body;
    };

    /// Follows the changes after `version`; all changes, starting with the present content, if it
    /// is empty.
    Follower(const HttpServer& server, std::string path, std::string version = {});
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    /// The changes so far in order: contents, deletions (404) and all other answers. Equal answers
    /// in a row are recorded once.
    std::vector<Seen> seen() const;
    /// Waits until the last answer is this content. Returns false at the deadline.
    [[nodiscard]] bool wait_for(std::string_view body) const;
    [[nodiscard]] bool wait_for_status(unsigned status) const;

private:
    void note(Seen news);
    void follow(const std::string& target, std::string version);
    bool ended() const;

    HttpConnection connection_;
    mutable std::mutex mutex_;
    std::vector<Seen> seen_;
    bool ended_ = false;
    std::thread thread_;
};

}  // namespace treecast::test
