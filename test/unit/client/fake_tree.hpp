// A server in the test process that speaks the documented HTTP interface for a few files, and
// misbehaves on request.
//
// One thread for each connection. Held polls are answered when the file changes, at their end,
// or when the tree is destroyed.
#pragma once

#include "base/unique_fd.hpp"
#include "base/version.hpp"
#include "test/support/http_client.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace treecast::test {

class FakeTree {
public:
    FakeTree();
    FakeTree(const FakeTree&) = delete;
    FakeTree& operator=(const FakeTree&) = delete;
    ~FakeTree();

    std::string url(const std::string& path) const;
    void put(const std::string& path, const std::string& content);
    void remove(const std::string& path);
    void begin_epoch();
    /// The next request gets these bytes, and then the end of the connection.
    void misbehave_once(std::string bytes);
    /// From now on held polls without news are answered at once.
    void stop_holding();

    /// Heads of all requests so far.
    std::vector<std::string> requests() const;
    std::size_t held_polls() const;

private:
    struct File {
        std::optional<std::string> content;  // nullopt: deleted
        std::uint64_t revision = 0;
    };

    void accept_connections();
    void serve(int socket);
    void hold_if_asked(const std::string& head, std::unique_lock<std::mutex>& lock);
    std::string answer(const std::string& head) const;
    std::string state_of(const std::string& path, const std::string& known_etag) const;
    bool has_news(const std::string& path, const std::string& after) const;

    UniqueFd listener_;
    std::uint16_t port_ = 0;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, File> files_;
    std::uint64_t epoch_ = 1;
    std::uint64_t revision_ = 1;
    std::deque<std::string> misbehaviour_;
    std::vector<std::string> requests_;
    std::size_t held_polls_ = 0;
    bool holding_ = true;
    bool stopping_ = false;
    std::vector<UniqueFd> connections_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// An answer of a file as Treecast sends it; `announced_bytes` is its Content-Length.
std::string file_answer(const std::string& content, Version version, std::size_t announced_bytes);

}  // namespace treecast::test
