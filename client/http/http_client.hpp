// GET requests over libcurl: any number at once, driven by one thread.
//
// Content goes through the hash and, if asked for, into a descriptor, never into memory as a
// whole; whether it may be believed is for flaw_of() to say afterwards. Redirects are not
// followed. Not thread safe.
#pragma once

#include "base/unique_fd.hpp"
#include "client/http/answer.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace treecast::client {

struct HttpRequest {
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::chrono::seconds wait{0};      // how long the server may hold the answer
    int body = -1;                     // where a 200's bytes are written; -1: nowhere. Borrowed
                                       // until the request has completed
};

struct HttpCompletion {
    std::size_t key = 0;
    Answer answer;
};

class HttpClient {
public:
    HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    /// Drops what is under way, without waiting for anything.
    ~HttpClient();

    /// `key` comes back with the answer; one request a key at a time. A connection that takes
    /// longer than 10 s, or an answer without a byte for 15 s beyond `wait`, has failed.
    void start(std::size_t key, const HttpRequest& request);

    /// Drives the requests until one has completed, one of `readable` is readable, or `timeout`
    /// is over; then all that have completed.
    std::vector<HttpCompletion>
    wait(std::chrono::milliseconds timeout, std::span<const int> readable = {});

private:
    struct Transfer;
    struct Multi;

    std::unique_ptr<Multi> multi_;
    std::vector<std::unique_ptr<Transfer>> transfers_;
};

}  // namespace treecast::client
