// A small blocking HTTP/1.1 client for tests. It sends ordinary requests, and also bytes as a
// hostile client would. All waits have a deadline. One object is one connection. It is not thread
// safe, and can be moved, so that a test can hold thousands of them in a vector.
#pragma once

#include "base/unique_fd.hpp"
#include "test/support/poll_until.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace treecast::test {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
    unsigned status = 0;
    HttpHeaders headers;
    std::string body;
    bool keep_alive = false;

    /// The value of the first header of that name, in any case; empty if there is none.
    std::string header(std::string_view name) const;
    bool has_header(std::string_view name) const;
};

struct HttpServer {
    std::string host = "127.0.0.1";  // an IPv4 or IPv6 address
    std::uint16_t port = 0;
    std::string unix_path;         // instead of host and port, if it is not empty
    int receive_buffer_bytes = 0;  // SO_RCVBUF of our side, for a slow client; 0: the kernel's

    /// `http://127.0.0.1:PORT`, for a URL; not for IPv6.
    std::string origin() const { return "http://" + host + ':' + std::to_string(port); }
};

/// The server that `text` (what a program printed) names by its first http://ADDR:PORT, or with
/// another scheme. Throws std::runtime_error if there is none.
HttpServer server_in(std::string_view text, std::string_view scheme = "http://");

class HttpConnection {
public:
    /// Connects. Throws std::system_error.
    explicit HttpConnection(const HttpServer& server);

    /// Sends a request and receives its answer. Throws std::runtime_error on a malformed answer,
    /// on end of stream before its end, and at the deadline.
    HttpResponse get(
        std::string_view target,
        const HttpHeaders& headers = {},
        std::chrono::milliseconds deadline = patience
    );
    HttpResponse request(
        std::string_view method,
        std::string_view target,
        const HttpHeaders& headers = {},
        std::string_view body = {},
        std::chrono::milliseconds deadline = patience
    );

    /// Only sends a request: for long-polls and pipelining. Adds Host, and Content-Length if there
    /// is a body.
    void send_request(
        std::string_view method,
        std::string_view target,
        const HttpHeaders& headers = {},
        std::string_view body = {}
    );
    /// Only receives an answer: answers arrive in the order of the requests.
    HttpResponse receive(std::chrono::milliseconds deadline = patience);

    /// Receives the answer to a request that was sent with send_bytes().
    HttpResponse receive_answer_to(std::string_view method) {
        without_bodies_.push_back(method == "HEAD");
        return receive();
    }

    /// Whether bytes of an answer (or the end of the stream) have arrived. Returns as soon as they
    /// have, at the latest after `deadline`.
    bool has_answer(std::chrono::milliseconds deadline = std::chrono::milliseconds(0));

    /// Sends bytes unchanged, for requests that no well-behaved client sends.
    void send_bytes(std::string_view bytes);
    /// Waits for input and returns it; empty at the end of the stream. Throws std::runtime_error at
    /// the deadline.
    std::string receive_bytes(std::chrono::milliseconds deadline = patience);
    /// Discards input. Returns true when the server has closed (or reset) the connection.
    bool is_closed_by_server(std::chrono::milliseconds deadline = patience);

    void shutdown_send();
    /// Closes with a reset (SO_LINGER 0) instead of an orderly end.
    void reset();
    int descriptor() const noexcept { return socket_.get(); }

private:
    std::string host_;
    UniqueFd socket_;
    std::string unread_;               // received beyond the last answer
    std::deque<bool> without_bodies_;  // for each request under way: whether it is a HEAD
};

/// One request on a connection of its own.
HttpResponse http_get(
    const HttpServer& server,
    std::string_view target,
    const HttpHeaders& headers = {},
    std::chrono::milliseconds deadline = patience
);

}  // namespace treecast::test
