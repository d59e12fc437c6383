#include "test/support/http_client.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <stdexcept>
#include <string>

#include <sys/socket.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(http_client)

namespace {

/// The other end, driven by the test itself: a listening socket and one accepted connection.
class Server {
public:
    Server() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t bytes = sizeof address_;
        auto* const address = reinterpret_cast<sockaddr*>(&address_);
        BOOST_TEST_REQUIRE(::bind(listener_.get(), address, bytes) == 0);
        BOOST_TEST_REQUIRE(::listen(listener_.get(), 8) == 0);
        BOOST_TEST_REQUIRE(::getsockname(listener_.get(), address, &bytes) == 0);
    }

    HttpConnection connect() {
        HttpServer server;
        server.port = ntohs(address_.sin_port);
        HttpConnection client(server);
        peer_.reset(::accept(listener_.get(), nullptr, nullptr));
        return client;
    }

    void send(std::string_view bytes) {
        const auto sent = ::send(peer_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        BOOST_TEST(sent == static_cast<ssize_t>(bytes.size()));
    }

    std::string receive() {
        char bytes[4096];
        const auto received = ::recv(peer_.get(), bytes, sizeof bytes, 0);
        BOOST_TEST_REQUIRE(received >= 0);
        return {bytes, static_cast<std::size_t>(received)};
    }

    void close() { peer_.reset(); }

private:
    sockaddr_in address_{};
    UniqueFd listener_;
    UniqueFd peer_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(request_is_written_as_asked) {
    Server server;
    auto client = server.connect();

    client.send_request("POST", "/v1/changes?a=b", {{"Accept", "x/y"}}, "body");

    BOOST_TEST(
        server.receive() ==
        "POST /v1/changes?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: x/y\r\n"
        "Content-Length: 4\r\n\r\nbody"
    );
}

BOOST_AUTO_TEST_CASE(answer_is_read_piece_by_piece_and_parsed) {
    Server server;
    auto client = server.connect();
    client.send_request("GET", "/");

    BOOST_TEST(!client.has_answer());
    server.send("HTTP/1.1 200 OK\r\nContent-Le");
    BOOST_TEST(client.has_answer(patience));
    server.send("ngth: 5\r\nETag: \"e\"\r\n\r\nhe");
    server.send("llo");
    const auto answer = client.receive();

    BOOST_TEST(answer.status == 200u);
    BOOST_TEST(answer.header("etag") == "\"e\"");
    BOOST_TEST(!answer.has_header("absent"));
    BOOST_TEST(answer.body == "hello");
    BOOST_TEST(answer.keep_alive);
}

BOOST_AUTO_TEST_CASE(pipelined_answers_are_told_apart) {
    Server server;
    auto client = server.connect();
    client.send_request("HEAD", "/a");
    client.send_request("GET", "/b");
    client.send_request("GET", "/c");

    server.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"
        "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    );

    BOOST_TEST(client.receive().body.empty());
    BOOST_TEST(client.receive().body == "b");
    const auto last = client.receive();
    BOOST_TEST(last.status == 304u);
    BOOST_TEST(!last.keep_alive);
    BOOST_TEST(!client.has_answer());
}

BOOST_AUTO_TEST_CASE(body_may_end_with_the_stream) {
    Server server;
    auto client = server.connect();
    client.send_request("GET", "/");
    server.receive();  // closing with unread input would be a reset

    server.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
    server.close();

    BOOST_TEST(client.receive().body == "all of it");
    BOOST_TEST(client.is_closed_by_server());
}

BOOST_AUTO_TEST_CASE(short_malformed_and_missing_answers_are_exceptions) {
    Server server;

    auto truncated = server.connect();
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    server.close();
    BOOST_CHECK_THROW(truncated.receive(), std::runtime_error);

    auto malformed = server.connect();
    server.send("GETFILE OK 5\r\n\r\nhello");
    BOOST_CHECK_THROW(malformed.receive(), std::runtime_error);

    auto ended = server.connect();
    server.close();
    BOOST_CHECK_THROW(ended.receive(), std::runtime_error);

    auto silent = server.connect();
    BOOST_CHECK_THROW(silent.receive(std::chrono::milliseconds(10)), std::runtime_error);
    BOOST_TEST(!silent.is_closed_by_server(std::chrono::milliseconds(0)));
}

BOOST_AUTO_TEST_CASE(server_is_found_in_what_a_program_prints) {
    const auto v4 = server_in("serving /srv on http://127.0.0.1:8420/\nmore");
    BOOST_TEST(v4.host == "127.0.0.1");
    BOOST_TEST(v4.port == 8420);
    const auto v6 = server_in("on http://[::1]:65535/");
    BOOST_TEST(v6.host == "::1");
    BOOST_TEST(v6.port == 65535);
    BOOST_CHECK_THROW(server_in("serving nothing"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
