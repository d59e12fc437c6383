// A connection over a socket pair, for what answers requests of the feed.
#pragma once

#include "proxy/http/http_protocol.hpp"
#include "proxy/net/connection.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace treecast::test {

class FeedConnectionFixture : public proxy::RequestHandler {
public:
    FeedConnectionFixture() {
        std::array<int, 2> pair{};
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
        peer = UniqueFd(pair[0]);
        proxy::Connection::start(shared, protocol, UniqueFd(pair[1]));
    }
    virtual ~FeedConnectionFixture() { close(); }

    std::size_t body_bytes_max(const proxy::Request&) const override { return 0; }
    void handle(proxy::Connection& connection, const proxy::Request&) override {
        answer(connection);
    }
    proxy::Connection& connection() { return shared.connections.front(); }
    /// Before the end of what answers requests: a held one is part of its connection.
    void close() {
        if (!shared.connections.empty())
            boost::intrusive_ptr<proxy::Connection>(&connection())->close();
        context.restart();
        context.poll();
    }

    void run() {
        context.restart();
        context.run_for(std::chrono::milliseconds(10));
    }
    /// Sends a request, which `answer` answers or holds.
    void ask() {
        constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        ::send(peer.get(), request.data(), request.size(), MSG_NOSIGNAL);
        run();
    }
    std::string receive() {
        run();
        std::string bytes(1 << 20, '\0');
        const ssize_t n = ::recv(peer.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return bytes;
    }

    boost::asio::io_context context{1};
    proxy::Deadlines deadlines{context};
    proxy::SocketSet sockets{context};
    proxy::Counters counters;
    proxy::ConnectionShared shared{
        context,
        deadlines,
        sockets,
        counters,
        std::chrono::seconds(10),
        std::chrono::seconds(10)};
    proxy::HttpProtocol protocol{*this};
    std::function<void(proxy::Connection&)> answer;
    UniqueFd peer;
};

}  // namespace treecast::test
