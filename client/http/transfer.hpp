// One request through libcurl, and its answer as it arrives. Not thread safe.
#pragma once

#include "client/http/answer.hpp"
#include "client/http/body_sink.hpp"

#include <chrono>
#include <cstddef>
#include <curl/curl.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace treecast::client {

struct HttpRequest {
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::chrono::seconds wait{0};      // how long the server may hold the answer
    BodySink* sink = nullptr;          // borrowed until the request has completed; null: none
};

class Transfer {
public:
    /// Throws std::runtime_error if libcurl cannot be initialised.
    explicit Transfer(const HttpRequest& request);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    CURL* easy() const noexcept { return easy_.get(); }
    /// To be called once, when the transfer has ended with `code`.
    Answer finish(CURLcode code);

private:
    struct EasyCleanup {
        void operator()(CURL* easy) const noexcept { ::curl_easy_cleanup(easy); }
    };
    struct ListFree {
        void operator()(curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
    };

    static std::size_t on_header(const char* data, std::size_t, std::size_t bytes, void* self);
    static std::size_t on_body(const char* data, std::size_t, std::size_t bytes, void* self);
    void set_options(const HttpRequest& request);
    bool goes_to_sink();

    BodySink* sink_;
    std::optional<bool> sink_takes_it_;  // set when its head was passed to the sink
    std::string sink_error_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    Answer answer_;
    char curl_error_[CURL_ERROR_SIZE] = "";
    std::unique_ptr<curl_slist, ListFree> headers_;
    std::unique_ptr<CURL, EasyCleanup> easy_;  // destroyed first: it uses the members above
};

}  // namespace treecast::client
