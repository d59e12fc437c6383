// A small blocking HTTP/1.1 client for tests: ordinary requests, and bytes as a hostile client
// would send them. Everything that waits has a deadline. One object is one connection; not thread
// safe, moved freely, so a test holds thousands of them in a vector.
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

    /// The first half alone: for long-polls and pipelining. Adds Host, and Content-Length where
    /// there is a body.
    void send_request(
        std::string_view method,
        std::string_view target,
        const HttpHeaders& headers = {},
        std::string_view body = {}
    );
    /// The second half alone: answers come in the order of the requests.
    HttpResponse receive(std::chrono::milliseconds deadline = patience);

    /// The answer to a request that was sent as bytes.
    HttpResponse receive_answer_to(std::string_view method) {
        without_bodies_.push_back(method == "HEAD");
        return receive();
    }

    /// Whether bytes of an answer (or the end of the stream) have arrived; returns at once, or as
    /// soon as they have within `deadline`.
    bool has_answer(std::chrono::milliseconds deadline = std::chrono::milliseconds(0));

    /// Bytes as they are, for requests that no good client makes.
    void send_bytes(std::string_view bytes);
    /// Whatever has arrived by the time of the first byte; empty at the end of the stream. Throws
    /// std::runtime_error at the deadline.
    std::string receive_bytes(std::chrono::milliseconds deadline = patience);
    /// Discards what arrives; true once the server has closed (or reset) the connection.
    bool is_closed_by_server(std::chrono::milliseconds deadline = patience);

    void shutdown_send();
    /// Closes with a reset (SO_LINGER 0) instead of an orderly end.
    void reset();
    int descriptor() const noexcept { return socket_.get(); }

private:
    std::string host_;
    UniqueFd socket_;
    std::string unread_;               // received beyond the last answer
    std::deque<bool> without_bodies_;  // for each request under way: is it a HEAD?
};

/// One request on a connection of its own.
HttpResponse http_get(
    const HttpServer& server,
    std::string_view target,
    const HttpHeaders& headers = {},
    std::chrono::milliseconds deadline = patience
);

}  // namespace treecast::test
