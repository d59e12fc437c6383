#include "test/support/http_client.hpp"

#include "test/support/fail_with_errno.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace treecast::test {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

namespace {

void connect_to(int socket, const sockaddr* address, std::size_t bytes, const std::string& name) {
    if (::connect(socket, address, static_cast<socklen_t>(bytes)) != 0)
        fail_with_errno("connect to " + name);
}

UniqueFd make_socket(int family, const HttpServer& server) {
    UniqueFd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        fail_with_errno("socket");
    const int bytes = server.receive_buffer_bytes;
    if (bytes > 0 && ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0)
        fail_with_errno("SO_RCVBUF");
    return socket;
}

UniqueFd connect_unix(const HttpServer& server) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (server.unix_path.size() >= sizeof address.sun_path)
        throw std::invalid_argument(server.unix_path);
    std::memcpy(address.sun_path, server.unix_path.data(), server.unix_path.size());
    UniqueFd socket = make_socket(AF_UNIX, server);
    connect_to(
        socket.get(),
        reinterpret_cast<const sockaddr*>(&address),
        sizeof address,
        server.unix_path
    );
    return socket;
}

UniqueFd connect_tcp(const HttpServer& server) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(server.port);
    const bool is_v4 = ::inet_pton(AF_INET, server.host.c_str(), &v4.sin_addr) == 1;
    if (!is_v4 && ::inet_pton(AF_INET6, server.host.c_str(), &v6.sin6_addr) != 1)
        throw std::invalid_argument(server.host);
    UniqueFd socket = make_socket(is_v4 ? AF_INET : AF_INET6, server);
    const std::string name = server.host + ' ' + std::to_string(server.port);
    if (is_v4)
        connect_to(socket.get(), reinterpret_cast<const sockaddr*>(&v4), sizeof v4, name);
    else
        connect_to(socket.get(), reinterpret_cast<const sockaddr*>(&v6), sizeof v6, name);
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

bool is_readable(int socket, Clock::time_point end) {
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd poll{socket, POLLIN, 0};
        const int ready = ::poll(&poll, 1, static_cast<int>(std::max<long>(left, 0)));
        if (ready >= 0)
            return ready > 0;
        if (errno != EINTR)
            fail_with_errno("poll");
    }
}

HttpResponse to_response(http::response<http::string_body> message) {
    HttpResponse response;
    response.status = message.result_int();
    response.keep_alive = message.keep_alive();
    for (const auto& field : message)
        response.headers.emplace_back(field.name_string(), field.value());
    response.body = std::move(message.body());
    return response;
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
    for (const auto& [other, value] : headers)
        if (beast::iequals(other, {name.data(), name.size()}))
            return value;
    return {};
}

bool HttpResponse::has_header(std::string_view name) const {
    return std::ranges::any_of(headers, [&](const auto& header) {
        return beast::iequals(header.first, {name.data(), name.size()});
    });
}

HttpServer server_in(std::string_view text, std::string_view scheme) {
    const auto begin = text.find(scheme);
    const auto address =
        begin == text.npos ? text.substr(0, 0) : text.substr(begin + scheme.size());
    const auto host_end = address.starts_with('[') ? address.find("]:") : address.find(':');
    if (host_end == address.npos)
        throw std::runtime_error(
            "no " + std::string(scheme) + "ADDR:PORT in '" + std::string(text) + "'"
        );
    HttpServer server;
    const bool is_v6 = address.starts_with('[');
    server.host = address.substr(is_v6 ? 1 : 0, host_end - (is_v6 ? 1 : 0));
    const auto port = address.substr(host_end + (is_v6 ? 2 : 1));
    std::from_chars(port.data(), port.data() + port.size(), server.port);
    return server;
}

HttpConnection::HttpConnection(const HttpServer& server)
    : host_(server.unix_path.empty() ? server.host : "localhost"),
      socket_(server.unix_path.empty() ? connect_tcp(server) : connect_unix(server)) {}

HttpResponse HttpConnection::get(
    std::string_view target,
    const HttpHeaders& headers,
    std::chrono::milliseconds deadline
) {
    return request("GET", target, headers, {}, deadline);
}

HttpResponse HttpConnection::request(
    std::string_view method,
    std::string_view target,
    const HttpHeaders& headers,
    std::string_view body,
    std::chrono::milliseconds deadline
) {
    send_request(method, target, headers, body);
    return receive(deadline);
}

void HttpConnection::send_request(
    std::string_view method,
    std::string_view target,
    const HttpHeaders& headers,
    std::string_view body
) {
    std::string text = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\n";
    const bool is_v6 = host_.find(':') != host_.npos;
    text += "Host: " + (is_v6 ? '[' + host_ + ']' : host_) + "\r\n";
    for (const auto& [name, value] : headers)
        text += name + ": " + value + "\r\n";
    if (!body.empty())
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text += "\r\n";
    text += body;
    without_bodies_.push_back(method == "HEAD");
    send_bytes(text);
}

HttpResponse HttpConnection::receive(std::chrono::milliseconds deadline) {
    const auto end = Clock::now() + deadline;
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(boost::none);
    if (!without_bodies_.empty()) {
        parser.skip(without_bodies_.front());
        without_bodies_.pop_front();
    }
    while (!parser.is_done()) {
        beast::error_code error;
        if (!unread_.empty()) {
            const std::size_t used =
                parser.put(boost::asio::buffer(unread_.data(), unread_.size()), error);
            unread_.erase(0, used);
            if (error && error != http::error::need_more)
                throw std::runtime_error("malformed answer: " + error.message());
            if (parser.is_done())
                break;
        }
        const std::string more =
            receive_bytes(std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()));
        if (more.empty()) {
            if (parser.got_some())  // it may not be told of an end before any beginning
                parser.put_eof(error);
            if (error || !parser.is_done())
                throw std::runtime_error("end of stream inside an answer");
        }
        unread_ += more;
    }
    return to_response(parser.release());
}

bool HttpConnection::has_answer(std::chrono::milliseconds deadline) {
    return !unread_.empty() || is_readable(socket_.get(), Clock::now() + deadline);
}

void HttpConnection::send_bytes(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0)
            fail_with_errno("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string HttpConnection::receive_bytes(std::chrono::milliseconds deadline) {
    if (!is_readable(socket_.get(), Clock::now() + deadline))
        throw std::runtime_error("no answer in time");
    std::string bytes(65536, '\0');
    const ssize_t received = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (received < 0)
        fail_with_errno("recv");
    bytes.resize(static_cast<std::size_t>(received));
    return bytes;
}

bool HttpConnection::is_closed_by_server(std::chrono::milliseconds deadline) {
    const auto end = Clock::now() + deadline;
    char piece[65536];
    while (is_readable(socket_.get(), end)) {
        const ssize_t received = ::recv(socket_.get(), piece, sizeof piece, 0);
        if (received == 0 || (received < 0 && errno == ECONNRESET))
            return true;
        if (received < 0)
            fail_with_errno("recv");
    }
    return false;
}

void HttpConnection::shutdown_send() {
    ::shutdown(socket_.get(), SHUT_WR);
}

void HttpConnection::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.reset();
}

HttpResponse http_get(
    const HttpServer& server,
    std::string_view target,
    const HttpHeaders& headers,
    std::chrono::milliseconds deadline
) {
    return HttpConnection(server).get(target, headers, deadline);
}

}  // namespace treecast::test
