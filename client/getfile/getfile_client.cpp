#include "client/getfile/getfile_client.hpp"

#include "base/error.hpp"
#include "client/http/connect_timeout.hpp"
#include "client/output/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <curl/curl.h>
#include <memory>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>

namespace treecast::client {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// A connection made by libcurl, which resolves names without blocking and tries every address.
class Connection {
public:
    explicit Connection(const GetfileUrl& url) {
        // Initialises once per process; libcurl counts the calls.
        if (::curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error("libcurl cannot be initialised");
        easy_ = ::curl_easy_init();
        multi_ = ::curl_multi_init();
        if (easy_ == nullptr || multi_ == nullptr)
            throw std::runtime_error("libcurl cannot be initialised");
        // The URL only names the address to connect to: libcurl sends nothing by itself.
        const std::string target = "http://" + url.host + ':' + std::to_string(url.port) + '/';
        ::curl_easy_setopt(easy_, CURLOPT_URL, target.c_str());
        ::curl_easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L);
        ::curl_easy_setopt(easy_, CURLOPT_PROXY, "");
        ::curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
        ::curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
        ::curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
        ::curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
        ::curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
        ::curl_multi_add_handle(multi_, easy_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        ::curl_multi_remove_handle(multi_, easy_);
        ::curl_easy_cleanup(easy_);
        ::curl_multi_cleanup(multi_);
        ::curl_global_cleanup();
    }

    /// Waits for a socket or a failure. Returns false if `stop` became readable first.
    bool establish(int stop) {
        while (true) {
            int running = 0;
            ::curl_multi_perform(multi_, &running);
            int left = 0;
            if (const CURLMsg* const message = ::curl_multi_info_read(multi_, &left)) {
                finish(message->data.result);
                return true;
            }
            curl_waitfd stops{stop, CURL_WAIT_POLLIN, 0};
            ::curl_multi_poll(
                multi_,
                &stops,
                1,
                static_cast<int>(connect_timeout_s * 1000),
                nullptr
            );
            if (stops.revents != 0)
                return false;
        }
    }
    /// Non-blocking; CURL_SOCKET_BAD: see failure().
    int socket() const noexcept { return socket_; }
    std::string failure() const { return failure_; }

private:
    void finish(CURLcode code) {
        if (code == CURLE_OK)
            code = ::curl_easy_getinfo(easy_, CURLINFO_ACTIVESOCKET, &socket_);
        if (code != CURLE_OK)
            failure_ = error_[0] != '\0' ? error_.data() : ::curl_easy_strerror(code);
    }

    CURL* easy_ = nullptr;
    CURLM* multi_ = nullptr;
    curl_socket_t socket_ = CURL_SOCKET_BAD;
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string failure_;
};

enum class Event { ready, silence, stop };

Event wait_for(int socket, short events, int stop, milliseconds silence) {
    const auto end = Clock::now() + silence;
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
        if (left <= 0)
            return Event::silence;
        std::array<pollfd, 2> descriptors{pollfd{stop, POLLIN, 0}, pollfd{socket, events, 0}};
        ::poll(descriptors.data(), descriptors.size(), static_cast<int>(left));
        if (descriptors[0].revents != 0)
            return Event::stop;
        if (descriptors[1].revents != 0)
            return Event::ready;
    }
}

/// Parses the bytes of an answer and writes its body to a descriptor.
class Receiver {
public:
    Receiver(GetfileDialect dialect, int body) : dialect_(dialect), body_(body) {}

    void take(std::string_view bytes) {
        if (header_.state == GetfileHeader::State::incomplete) {
            beginning_.append(bytes);
            header_ = parse_getfile_header(dialect_, beginning_);
            if (header_.state != GetfileHeader::State::complete)
                return;
            bytes = std::string_view(beginning_).substr(header_.bytes);
        }
        bytes = bytes.substr(0, header_.length - stored_);
        write_all(body_, bytes, "storing the content");
        stored_ += bytes.size();
    }
    bool is_through() const noexcept {
        return header_.state == GetfileHeader::State::malformed ||
               (header_.state == GetfileHeader::State::complete && stored_ == header_.length);
    }
    /// `end`: the error that ended the stream, if there was one.
    GetfileAnswer answer(const std::string& end) const {
        GetfileAnswer answer{true, {}, {}};
        if (header_.state == GetfileHeader::State::malformed)
            answer.failure = "the answer is not one of this dialect of GETFILE";
        else if (header_.state == GetfileHeader::State::incomplete)
            answer.failure = end + " before there was an answer";
        else
            answer.status = header_.status;
        if (answer.status && !is_through())
            answer.failure = "the answer is incomplete: " + end + " after " +
                             std::to_string(stored_) + " of " + std::to_string(header_.length) +
                             " bytes";
        return answer;
    }

private:
    const GetfileDialect dialect_;
    const int body_;
    std::string beginning_;  // until the header is complete
    GetfileHeader header_;
    std::uint64_t stored_ = 0;
};

/// Sends the request. Returns false if `stop` became readable first. Errors are left to the
/// receiving side, because a server that does not read the whole request may still have answered.
bool send_request(int socket, std::string_view request, int stop, milliseconds silence) {
    while (!request.empty()) {
        const auto sent = ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            request.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            const Event event = wait_for(socket, POLLOUT, stop, silence);
            if (event != Event::ready)
                return event != Event::stop;
        } else if (errno != EINTR) {
            return true;
        }
    }
    return true;
}

}  // namespace

std::optional<GetfileAnswer>
fetch_getfile(const GetfileUrl& url, int body, int stop, milliseconds silence) {
    Connection connection(url);
    if (!connection.establish(stop))
        return std::nullopt;
    const int socket = connection.socket();
    if (socket == CURL_SOCKET_BAD)
        return GetfileAnswer{false, {}, connection.failure()};
    if (!send_request(socket, url.request(), stop, silence))
        return std::nullopt;

    Receiver receiver(url.dialect, body);
    const auto buffer = std::make_unique<std::array<char, 65536>>();
    while (!receiver.is_through()) {
        const auto bytes = ::recv(socket, buffer->data(), buffer->size(), 0);
        if (bytes > 0) {
            receiver.take({buffer->data(), static_cast<std::size_t>(bytes)});
            continue;
        }
        if (bytes == 0)
            return receiver.answer("the server ended the connection");
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return receiver.answer(last_system_error().message());
        const Event event = wait_for(socket, POLLIN, stop, silence);
        if (event == Event::stop)
            return std::nullopt;
        if (event == Event::silence)
            return receiver.answer("the server fell silent");
    }
    return receiver.answer({});
}

}  // namespace treecast::client
