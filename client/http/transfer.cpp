#include "client/http/transfer.hpp"

#include "client/http/answer_head.hpp"
#include "client/http/connect_timeout.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace treecast::client {

namespace {

constexpr std::size_t problem_bytes_max = 16384;
constexpr long silence_margin_s = 15;

}  // namespace

Transfer::Transfer(const HttpRequest& request) : sink_(request.sink), easy_(::curl_easy_init()) {
    if (!easy_)
        throw std::runtime_error("libcurl cannot be initialised");
    for (const auto& header : request.headers)
        headers_.reset(::curl_slist_append(headers_.release(), header.c_str()));
    set_options(request);
}

void Transfer::set_options(const HttpRequest& request) {
    CURL* const handle = easy_.get();
    ::curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    ::curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    ::curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
    ::curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(handle, CURLOPT_USERAGENT, "treecast/" TREECAST_VERSION);
    ::curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, curl_error_);
    ::curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    ::curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    ::curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    ::curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    // A name server that does not answer must not delay the end of the program.
    ::curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    ::curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
    // This covers the held wait and a body that stalls. A large body on a slow line has no total
    // limit.
    const long wait_s = static_cast<long>(request.wait.count());
    ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, wait_s + silence_margin_s);
}

std::size_t Transfer::on_header(const char* data, std::size_t, std::size_t bytes, void* self) {
    add_head_line(static_cast<Transfer*>(self)->answer_, {data, bytes});
    return bytes;
}

std::size_t Transfer::on_body(const char* data, std::size_t, std::size_t bytes, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.goes_to_sink()) {
        transfer.sink_error_ = transfer.sink_->write({data, bytes});
        return transfer.sink_error_.empty() ? bytes : CURL_WRITEFUNC_ERROR;
    }
    std::string& problem = transfer.answer_.problem;
    if (transfer.answer_.status != 200)
        problem.append(data, std::min(bytes, problem_bytes_max - problem.size()));
    return bytes;
}

/// Passes the complete head to the sink, once.
bool Transfer::goes_to_sink() {
    if (!sink_takes_it_) {
        ::curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &answer_.status);
        sink_takes_it_ = sink_ != nullptr && sink_->begin(answer_);
    }
    return *sink_takes_it_;
}

Answer Transfer::finish(CURLcode code) {
    ::curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &answer_.status);
    answer_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun_
    );
    if (answer_.status == 200 || sink_takes_it_)
        if (goes_to_sink())
            sink_->end(answer_);
    if (!sink_error_.empty())
        answer_.failure = sink_error_;
    else if (code != CURLE_OK)
        answer_.failure = curl_error_[0] != '\0' ? curl_error_ : ::curl_easy_strerror(code);
    return std::move(answer_);
}

}  // namespace treecast::client
