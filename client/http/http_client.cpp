#include "client/http/http_client.hpp"

#include "base/error.hpp"
#include "client/http/connect_timeout.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <curl/curl.h>
#include <stdexcept>
#include <string_view>
#include <strings.h>

#include <unistd.h>

namespace treecast::client {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t problem_bytes_max = 16384;
constexpr long silence_margin_s = 15;

bool is_name(std::string_view name, const char* wanted) {
    return name.size() == std::strlen(wanted) &&
           ::strncasecmp(name.data(), wanted, name.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    };
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

void take_header(Answer& answer, std::string_view name, std::string_view value) {
    if (is_name(name, "Treecast-Version"))
        answer.version = value;
    else if (is_name(name, "Treecast-SHA256"))
        answer.sha256 = value;
    else if (is_name(name, "ETag"))
        answer.etag = value;
    else if (is_name(name, "Last-Modified")) {
        const auto time = ::curl_getdate(std::string(value).c_str(), nullptr);
        if (time != -1)
            answer.mtime = time;
    } else if (is_name(name, "Retry-After")) {
        unsigned seconds = 0;
        const char* const end = value.data() + value.size();
        const auto [rest, error] = std::from_chars(value.data(), end, seconds);
        if (error == std::errc() && rest == end)  // the form with a date is not worth its trouble
            answer.retry_after = std::chrono::seconds(seconds);
    }
}

bool write_all(int fd, const char* data, std::size_t bytes) {
    while (bytes > 0) {
        const auto written = ::write(fd, data, bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        data += written;
        bytes -= static_cast<std::size_t>(written);
    }
    return true;
}

}  // namespace

struct HttpClient::Transfer {
    struct EasyCleanup {
        void operator()(CURL* easy) const noexcept { ::curl_easy_cleanup(easy); }
    };
    struct ListFree {
        void operator()(curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
    };

    Transfer(std::size_t request_key, const HttpRequest& request);

    static std::size_t on_header(const char* data, std::size_t, std::size_t bytes, void* self);
    static std::size_t on_body(const char* data, std::size_t, std::size_t bytes, void* self);
    Answer finish(CURLcode code);

    std::size_t key;
    int body;
    Clock::time_point begun = Clock::now();
    Answer answer;
    Sha256Hasher hasher;
    std::string write_error;
    char curl_error[CURL_ERROR_SIZE] = "";
    std::unique_ptr<curl_slist, ListFree> headers;
    std::unique_ptr<CURL, EasyCleanup> easy;  // destroyed first: it uses the members above
};

HttpClient::Transfer::Transfer(std::size_t request_key, const HttpRequest& request)
    : key(request_key), body(request.body), easy(::curl_easy_init()) {
    if (!easy)
        throw std::runtime_error("libcurl cannot be initialised");
    for (const auto& header : request.headers)
        headers.reset(::curl_slist_append(headers.release(), header.c_str()));
    CURL* const handle = easy.get();
    ::curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    ::curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    ::curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    ::curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(handle, CURLOPT_USERAGENT, "treecast/" TREECAST_VERSION);
    ::curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, curl_error);
    ::curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
    ::curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    ::curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
    ::curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    ::curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    // A name server that does not answer must not hold up our end.
    ::curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    ::curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
    // Covers the held wait and a body that stalls; a large body on a slow line may take its time.
    const long wait_s = static_cast<long>(request.wait.count());
    ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, wait_s + silence_margin_s);
}

std::size_t
HttpClient::Transfer::on_header(const char* data, std::size_t, std::size_t bytes, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(data, bytes);
    if (line.starts_with("HTTP/")) {  // also after an interim answer, whose headers do not count
        transfer.answer = {};
        return bytes;
    }
    const auto colon = line.find(':');
    if (colon != line.npos)
        take_header(transfer.answer, line.substr(0, colon), trimmed(line.substr(colon + 1)));
    return bytes;
}

std::size_t
HttpClient::Transfer::on_body(const char* data, std::size_t, std::size_t bytes, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    Answer& answer = transfer.answer;
    long status = 0;
    ::curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        answer.problem.append(data, std::min(bytes, problem_bytes_max - answer.problem.size()));
        return bytes;
    }
    transfer.hasher.update(data, bytes);
    answer.body_bytes += bytes;
    if (transfer.body >= 0 && !write_all(transfer.body, data, bytes)) {
        transfer.write_error = "cannot be stored: " + last_system_error().message();
        return CURL_WRITEFUNC_ERROR;
    }
    return bytes;
}

Answer HttpClient::Transfer::finish(CURLcode code) {
    ::curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    answer.elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - begun);
    answer.body_sha256 = hasher.digest();
    if (!write_error.empty())
        answer.failure = write_error;
    else if (code != CURLE_OK)
        answer.failure = curl_error[0] != '\0' ? curl_error : ::curl_easy_strerror(code);
    return std::move(answer);
}

struct HttpClient::Multi {
    Multi() {
        // Once for the process; libcurl counts.
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

HttpClient::HttpClient() : multi_(std::make_unique<Multi>()) {}

HttpClient::~HttpClient() {
    for (const auto& transfer : transfers_)
        ::curl_multi_remove_handle(multi_->handle, transfer->easy.get());
}

void HttpClient::start(std::size_t key, const HttpRequest& request) {
    transfers_.push_back(std::make_unique<Transfer>(key, request));
    ::curl_multi_add_handle(multi_->handle, transfers_.back()->easy.get());
}

std::vector<HttpCompletion> HttpClient::wait(milliseconds timeout, std::span<const int> readable) {
    std::vector<curl_waitfd> descriptors;
    for (const int fd : readable)
        descriptors.push_back({fd, CURL_WAIT_POLLIN, 0});
    const auto deadline = Clock::now() + timeout;

    std::vector<HttpCompletion> completed;
    while (true) {
        int running = 0;
        ::curl_multi_perform(multi_->handle, &running);
        int left = 0;
        while (const CURLMsg* const message = ::curl_multi_info_read(multi_->handle, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            CURL* const easy = message->easy_handle;
            const CURLcode code = message->data.result;  // the message dies with the handle
            const auto at = std::ranges::find(transfers_, easy, [](const auto& transfer) {
                return transfer->easy.get();
            });
            ::curl_multi_remove_handle(multi_->handle, easy);
            completed.push_back({(*at)->key, (*at)->finish(code)});
            transfers_.erase(at);
        }
        const auto rest = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        const auto is_readable = [](const curl_waitfd& fd) {
            return fd.revents != 0;
        };
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

}  // namespace treecast::client
