// Connections over socket pairs, whose protocol takes any bytes for a request.
#pragma once

#include "proxy/net/connection.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <sys/socket.h>

namespace treecast::test {

class AnyBytes final : public proxy::ProtocolHandler {
public:
    AnyBytes() : ProtocolHandler({.idle_timeout = std::chrono::hours(1)}) {}

    proxy::Step next(std::string_view bytes) override {
        if (bytes.empty())
            return {};
        return {.kind = proxy::Step::Kind::request, .consumed = bytes.size()};
    }
    void hand_over(proxy::Connection& connection) override { answer(connection); }
    std::optional<proxy::Response> refusal(proxy::Refusal /*why*/) override { return {}; }

    std::function<void(proxy::Connection&)> answer;
};

struct ConnectionsFixture {
    ConnectionsFixture() = default;
    ConnectionsFixture(const ConnectionsFixture&) = delete;
    ConnectionsFixture& operator=(const ConnectionsFixture&) = delete;
    ~ConnectionsFixture() {
        while (!shared.connections.empty())
            boost::intrusive_ptr<proxy::Connection>(&shared.connections.front())->close();
        run();
    }

    /// Begins a connection with a request, which `protocol.answer` answers; returns its peer.
    UniqueFd connect() {
        std::array<int, 2> pair{};
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
        UniqueFd peer(pair[0]);
        proxy::Connection::start(shared, protocol, UniqueFd(pair[1]));
        BOOST_TEST_REQUIRE(::send(peer.get(), "x", 1, MSG_NOSIGNAL) == 1);
        run();
        return peer;
    }
    /// Runs all handlers that are ready.
    void run() {
        context.restart();
        context.poll();
    }
    bool is_open(const proxy::Connection* connection) const {
        return std::ranges::any_of(shared.connections, [&](const proxy::Connection& each) {
            return &each == connection;
        });
    }

    boost::asio::io_context context{1};
    proxy::Deadlines deadlines{context};
    proxy::SocketSet sockets{context};
    std::array<proxy::Counters, 2> counters{};  // of this worker, and of another one
    proxy::ConnectionShared shared{
        context,
        deadlines,
        sockets,
        counters[0],
        std::chrono::hours(1),
        std::chrono::hours(1)};
    AnyBytes protocol{};
};

}  // namespace treecast::test
