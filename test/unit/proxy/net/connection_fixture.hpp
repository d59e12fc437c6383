// What the tests of connections share: a connection over a socket pair, and makers of answers.
#pragma once

#include "proxy/http/http_protocol.hpp"
#include "proxy/net/connection.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

namespace treecast::test::connection_cases {

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

inline std::shared_ptr<const std::string> text(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
}

/// A part without a content.
inline Part only(std::string bytes) {
    Part part;
    part.head = text(std::move(bytes));
    return part;
}

/// A connection over a socket pair, and a handler that does what the test says.
class Fixture : public RequestHandler {
public:
    Fixture() {
        std::array<int, 2> pair{};
        BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
        peer = UniqueFd(pair[0]);
        Connection::start(shared, protocol, UniqueFd(pair[1]));
    }
    virtual ~Fixture() {
        while (!shared.connections.empty())
            boost::intrusive_ptr<Connection>(&shared.connections.front())->close();
        context.restart();
        context.poll();
    }

    std::size_t body_bytes_max(const Request& request) const override {
        return request.method == Method::post ? std::size_t{1} << 20 : 0;
    }
    void handle(Connection& connection, const Request& request) override {
        answer(connection, request);
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            BOOST_TEST_REQUIRE((n >= 0 || errno == EAGAIN), "the connection was closed");
            bytes.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
            run();
        }
    }
    void run() {
        context.restart();
        context.run_for(10ms);
    }
    std::string receive() {
        run();
        std::string bytes(1 << 20, '\0');
        const ssize_t n = ::recv(peer.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return bytes;
    }

    boost::asio::io_context context{1};
    Deadlines deadlines{context};
    SocketSet sockets{context};
    Counters counters;
    ConnectionShared shared{context, deadlines, sockets, counters, 10s, 10s};
    HttpProtocol protocol{*this};
    std::function<void(Connection&, const Request&)> answer;
    UniqueFd peer;
};

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// Is answered by whoever keeps its address, as a subscriber of the feed.
struct Held final : HeldRequest {
    explicit Held(Connection& of) : connection(of) {}
    void wait_is_over() override { connection.respond(Response{.first = only("over")}); }
    void peer_ended() override { connection.end(); }
    void end_by(Clock::time_point at) override { connection.hold_until(at); }
    void turn_away() override {
        connection.respond(Response{.first = only("stopping"), .close = true});
    }
    Connection& connection;
};

struct Events final : Stream {
    explicit Events(Connection& of) : connection(of) {}
    void wait_is_over() override {
        parts.emplace_back("beat;");
        connection.resume();
    }
    void peer_ended() override { connection.end(); }
    void end_by(Clock::time_point /*at*/) override { turn_away(); }
    void turn_away() override {
        ended = true;
        connection.resume();
    }
    Next next(Part& part, Clock::time_point& until) override {
        if (sent == parts.size()) {
            until = Clock::now() + heartbeat;
            return ended ? Next::end : Next::none;
        }
        part.head = text(parts[sent++]);
        return Next::part;
    }
    Connection& connection;
    Clock::duration heartbeat = 10s;
    std::vector<std::string> parts;
    std::size_t sent = 0;
    bool ended = false;
};

}  // namespace treecast::test::connection_cases
