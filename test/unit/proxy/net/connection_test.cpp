// What a connection offers to those who answer, used as the change feed will: a request that is
// held, an answer in parts, a stream, and a body that is read for a POST.
#include "proxy/net/connection.hpp"

#include "proxy/http/http_protocol.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(connection)

namespace {

std::shared_ptr<const std::string> text(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
}

/// A part without a content.
Part only(std::string bytes) {
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

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_held_request_is_told_of_the_end_of_its_wait_and_of_the_stop, Fixture) {
    Clock::duration wait = 1ms;
    answer = [&](Connection& connection, const Request&) {
        connection.hold(std::make_unique<Held>(connection), Clock::now() + wait);
    };
    send(get);
    BOOST_TEST(receive() == "over");

    wait = 10s;
    send(get);
    BOOST_TEST(receive().empty());
    BOOST_TEST(counters.subscribers == 1u);
    shared.stopping = true;
    shared.connections.front().stop();

    BOOST_TEST(receive() == "stopping");
    BOOST_TEST(counters.subscribers == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_held_request_decides_what_the_end_of_its_peer_means, Fixture) {
    answer = [&](Connection& connection, const Request&) {
        connection.hold(std::make_unique<Held>(connection), Clock::now() + 10s);
    };
    send(get);
    ::shutdown(peer.get(), SHUT_WR);
    run();

    BOOST_TEST(counters.connections == 0u);
    BOOST_TEST(counters.subscribers == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_parts_of_an_answer_come_in_order_to_all_who_are_sent_it, Fixture) {
    auto content = std::make_shared<Content>(UniqueFd(), "0123456789", 10, counters);
    const auto more = std::make_shared<const PartList>(PartList{
        {.head = text("[b]"), .content = content, .begin = 2, .end = 5},
        only("[end]"),
    });
    const Response response{
        .first = {.head = text("[a]"), .content = content, .begin = 0, .end = 1},
        .more = more};
    answer = [&](Connection& connection, const Request&) {
        connection.respond(response);
    };

    send(get);
    BOOST_TEST(receive() == "[a]0[b]234[end]");
    send(get);
    BOOST_TEST(receive() == "[a]0[b]234[end]");
}

BOOST_FIXTURE_TEST_CASE(a_long_answer_in_parts_waits_for_a_full_socket, Fixture) {
    const std::string long_bytes(300'000, 'x');
    const auto more = std::make_shared<const PartList>(PartList(10, only(long_bytes)));
    answer = [&](Connection& connection, const Request&) {
        connection.respond(Response{.first = only("begin"), .more = more});
    };
    send(get);
    std::size_t bytes = 0;
    for (int i = 0; i < 1000 && bytes < 3'000'005; ++i)
        bytes += receive().size();
    BOOST_TEST(bytes == 3'000'005u);
}

BOOST_FIXTURE_TEST_CASE(a_stream_is_asked_for_more_until_its_maker_ends_it, Fixture) {
    Events* stream = nullptr;
    answer = [&](Connection& connection, const Request&) {
        auto owned = std::make_unique<Events>(connection);
        stream = owned.get();
        stream->parts = {"one;", "two;"};
        connection.respond(Response{.first = only("head;")}, std::move(owned));
    };
    send(get);
    BOOST_TEST(receive() == "head;one;two;");
    BOOST_TEST(counters.subscribers == 1u);

    stream->heartbeat = 1ms;
    stream->parts.emplace_back("three;");
    stream->connection.resume();
    BOOST_TEST(receive().starts_with("three;beat;"));

    stream->ended = true;
    stream->connection.resume();
    receive();
    BOOST_TEST(counters.subscribers == 0u);
    answer = [](Connection& connection, const Request&) {
        connection.respond(Response{.first = only("next")});
    };
    send(get);
    BOOST_TEST(receive() == "next");
}

BOOST_FIXTURE_TEST_CASE(a_slow_peer_has_one_part_of_a_stream_under_way, Fixture) {
    Events* stream = nullptr;
    answer = [&](Connection& connection, const Request&) {
        auto owned = std::make_unique<Events>(connection);
        stream = owned.get();
        stream->parts.assign(200, std::string(50'000, 'x'));
        connection.respond(Response{.first = only("")}, std::move(owned));
    };
    send(get);
    run();
    BOOST_TEST(stream->sent < 200u);
    std::size_t bytes = 0;
    for (int i = 0; i < 2000 && bytes < 200u * 50'000; ++i)
        bytes += receive().size();
    BOOST_TEST(bytes == 200u * 50'000);
}

BOOST_FIXTURE_TEST_CASE(a_post_comes_with_its_body_however_its_bytes_come, Fixture) {
    std::vector<std::string> bodies;
    answer = [&](Connection& connection, const Request& request) {
        bodies.emplace_back(request.body);
        connection.respond(Response{.first = only("ok")});
    };
    const std::string small = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
    send(small + "body" + std::string(get));
    BOOST_TEST(receive() == "okok");

    const std::string large(100'000, 'y');
    send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
    BOOST_TEST(receive() == "HTTP/1.1 100 Continue\r\n\r\n");
    send(large + std::string(get));

    BOOST_TEST(receive() == "okok");
    BOOST_TEST_REQUIRE(bodies.size() == 4u);
    BOOST_TEST(bodies[0] == "body");
    BOOST_TEST(bodies[1].empty());
    BOOST_TEST((bodies[2] == large));
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_too_large_is_not_read_and_ends_the_connection, Fixture) {
    answer = [](Connection& connection, const Request& request) {
        BOOST_TEST(!request.is_body_read());
        BOOST_TEST((connection.persistence() == Persistence::close));
        connection.respond(Response{.first = only("no"), .close = true});
    };
    send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    BOOST_TEST(receive() == "no");
    ::shutdown(peer.get(), SHUT_WR);
    run();
    BOOST_TEST(counters.connections == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
