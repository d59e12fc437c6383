#include "client/http/transfer_engine.hpp"

#include <algorithm>
#include <curl/curl.h>
#include <stdexcept>

namespace treecast::client {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct TransferEngine::Multi {
    Multi() {
        // Initialises once per process; libcurl counts the calls.
        if (::curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error("libcurl cannot be initialised");
        handle = ::curl_multi_init();
        if (handle == nullptr)
            throw std::runtime_error("libcurl cannot be initialised");
    }
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;
    ~Multi() {
        ::curl_multi_cleanup(handle);
        ::curl_global_cleanup();
    }

    CURLM* handle = nullptr;
};

TransferEngine::TransferEngine() : multi_(std::make_unique<Multi>()) {}

TransferEngine::~TransferEngine() {
    for (const auto& each : under_way_)
        ::curl_multi_remove_handle(multi_->handle, each.transfer->easy());
}

void TransferEngine::start(std::size_t key, const HttpRequest& request) {
    under_way_.push_back({key, std::make_unique<Transfer>(request)});
    ::curl_multi_add_handle(multi_->handle, under_way_.back().transfer->easy());
}

std::vector<CompletedTransfer>
TransferEngine::wait(milliseconds timeout, std::span<const int> readable) {
    std::vector<curl_waitfd> descriptors;
    for (const int fd : readable)
        descriptors.push_back({fd, CURL_WAIT_POLLIN, 0});
    const auto is_readable = [](const curl_waitfd& fd) {
        return fd.revents != 0;
    };
    const auto deadline = Clock::now() + timeout;
    while (true) {
        int running = 0;
        ::curl_multi_perform(multi_->handle, &running);
        auto completed = take_completed();
        const auto rest = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (!completed.empty() || rest.count() <= 0 ||
            std::ranges::any_of(descriptors, is_readable))
            return completed;
        ::curl_multi_poll(
            multi_->handle,
            descriptors.data(),
            static_cast<unsigned>(descriptors.size()),
            static_cast<int>(rest.count()),
            nullptr
        );
    }
}

std::vector<CompletedTransfer> TransferEngine::take_completed() {
    std::vector<CompletedTransfer> completed;
    int left = 0;
    while (const CURLMsg* const message = ::curl_multi_info_read(multi_->handle, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL* const easy = message->easy_handle;
        const CURLcode code = message->data.result;  // the message is freed with the handle
        const auto at = std::ranges::find(under_way_, easy, [](const UnderWay& each) {
            return each.transfer->easy();
        });
        ::curl_multi_remove_handle(multi_->handle, easy);
        completed.push_back({at->key, at->transfer->finish(code)});
        under_way_.erase(at);
    }
    return completed;
}

}  // namespace treecast::client
