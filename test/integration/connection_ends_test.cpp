// How connections end: no answer is cut short by what its client sent beside it, or by a shutdown.
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <sys/socket.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(connection_ends)

namespace {

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);

    Published() { daemon.complete_scan(); }
};

/// With a proxy that serves a large file and a small one.
struct Served : Published {
    const std::string large = std::string(8 << 20, 'l');
    std::optional<ProxyInProcess> proxy{};

    Served() {
        daemon.put("large", large);
        daemon.put("f", "one");
        proxy.emplace(instance, settings);
        BOOST_TEST_REQUIRE(proxy->wait_until_ready());
    }
    HttpConnection connect_with_small_buffer() const {
        HttpServer server = proxy->server();
        server.receive_buffer_bytes = 4096;
        return HttpConnection(server);
    }
};

std::string request(const std::string& line, const std::string& fields = {}) {
    return line + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

/// All that arrives until the orderly end of the stream, read in small pieces; `halfway` is done
/// when three quarters of 8 MiB are there. Fails the test at a reset.
std::string read_slowly(HttpConnection& connection, const std::string& halfway = {}) {
    std::string all;
    bool is_halfway = halfway.empty();
    try {
        while (true) {
            const auto more = connection.receive_bytes();
            all += more;
            if (more.empty())
                break;
            if (!is_halfway && all.size() > 6U << 20) {
                is_halfway = true;
                connection.send_bytes(halfway);
            }
            std::this_thread::sleep_for(1ms);
        }
    } catch (const std::system_error& error) {
        BOOST_ERROR(error.what() << " after " << all.size() << " bytes");
    }
    return all;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_answer_is_whole_whatever_is_sent_behind_its_request, Served) {
    const std::string last[] = {
        request("GET /v1/files/large", "Connection: close\r\n"),
        "GET /v1/files/large HTTP/1.0\r\n\r\n"};
    const std::string strays[] = {"\r\n", request("GET /v1/files/f"), std::string(100'000, 'x')};
    for (const std::string& asked : last)
        for (const std::string& stray : strays) {
            const std::string what = asked.substr(0, 40) + " + " + stray.substr(0, 20);
            HttpConnection behind(proxy->server());
            behind.send_bytes(asked + stray);
            BOOST_TEST(read_slowly(behind).ends_with("\r\n\r\n" + large), "behind: " + what);

            HttpConnection begun(proxy->server());
            begun.send_bytes(asked);
            BOOST_TEST_REQUIRE(begun.has_answer(patience));
            begun.send_bytes(stray);
            BOOST_TEST(read_slowly(begun).ends_with("\r\n\r\n" + large), "begun: " + what);

            HttpConnection late(proxy->server());
            late.send_bytes(asked);
            BOOST_TEST(read_slowly(late, stray).ends_with("\r\n\r\n" + large), "late: " + what);
        }
    BOOST_TEST(poll_until([&] {
        return proxy->connections() == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(a_refusal_arrives_though_its_client_goes_on_sending, Published) {
    settings.request_timeout = 200ms;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const std::string body(300'000, 'b');
    const std::string length = "Content-Length: " + std::to_string(10 * body.size()) + "\r\n";
    struct {
        std::string head;
        std::string status;
    } const cases[] = {
        {"nonsense\r\n\r\n", "400"},
        {request("GET /v1/files/f", length), "4"},
        {request("POST /v1/files/f", length), "4"},
        {request("GET /" + std::string(20'000, 'x')), "431"},
        {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", "505"},
        {"GET /v1/files/f HTTP/1.1\r\nHos", "408"},
    };
    for (const auto& each : cases) {
        HttpConnection connection(proxy.server());
        connection.send_bytes(each.head);
        BOOST_TEST_REQUIRE(connection.has_answer(patience));
        for (int i = 0; i < 10; ++i) {
            connection.send_bytes(body);
            // Who goes on sending slowly is given time.
            std::this_thread::sleep_for(i < 3 && each.status == "4" ? 1s : 1ms);
        }
        const std::string answer = read_slowly(connection);
        BOOST_TEST(answer.starts_with("HTTP/1.1 " + each.status), each.status + ": " + answer);
    }
}

BOOST_FIXTURE_TEST_CASE(pipelined_requests_are_all_answered_at_shutdown, Served) {
    struct {
        std::vector<std::string> behind;
        std::vector<unsigned> statuses;
        std::vector<bool> heads;
    } const cases[] = {
        {{request("GET /v1/files/f")}, {200}, {false}},
        {{request("HEAD /v1/files/f")}, {200}, {true}},
        {{request("GET /v1/files/large")}, {200}, {false}},
        {{request("GET /v1/files/none?wait=60")}, {0}, {false}},
        {{request("GET /v1/files/f"), request("GET /v1/files/none")}, {200, 404}, {false, false}},
        {{request("GET /v1/files/none?wait=60"), request("GET /v1/files/f")},
         {0, 200},
         {false, false}},
        {std::vector<std::string>(100, request("GET /v1/files/f")),
         std::vector<unsigned>(100, 200),
         std::vector<bool>(100, false)},
        {{}, {}, {}},
    };
    for (const auto& each : cases)
        for (const bool at_once : {true, false}) {
            ProxyInProcess stopped(instance, settings);
            BOOST_TEST_REQUIRE(stopped.wait_until_ready());
            HttpServer server = stopped.server();
            server.receive_buffer_bytes = 4096;
            HttpConnection connection(server);
            std::string behind;
            for (const std::string& one : each.behind)
                behind += one;
            connection.send_request("GET", "/v1/files/large");
            if (at_once)
                connection.send_bytes(behind);
            BOOST_TEST_REQUIRE(connection.has_answer(patience));
            if (!at_once)
                connection.send_bytes(behind);

            stopped.stop();

            BOOST_TEST((connection.receive().body == large));
            for (std::size_t i = 0; i < each.behind.size(); ++i) {
                const auto answer = connection.receive_answer_to(each.heads[i] ? "HEAD" : "GET");
                BOOST_TEST((each.statuses[i] == 0 || answer.status == each.statuses[i]));
                const bool is_last = i + 1 == each.behind.size();
                BOOST_TEST((answer.header("Connection") == "close") == is_last, i);
            }
            BOOST_TEST(connection.receive_bytes() == "");
        }
}

BOOST_FIXTURE_TEST_CASE(requests_behind_a_held_one_are_answered_at_shutdown, Served) {
    auto held = proxy->poll("none?wait=60");
    BOOST_TEST(proxy->wait_for_subscribers(1));
    held.send_request("GET", "/v1/files/f");
    held.send_request("GET", "/v1/files/none?wait=60");
    held.send_request("GET", "/v1/files/f");

    proxy->stop();

    held.receive();
    BOOST_TEST(held.receive().body == "one");
    held.receive();
    const auto last = held.receive();
    BOOST_TEST(last.body == "one");
    BOOST_TEST(last.header("Connection") == "close");
    BOOST_TEST(held.receive_bytes() == "");
}

BOOST_FIXTURE_TEST_CASE(other_protocols_are_refused_at_once, Served) {
    const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    const std::string others[] = {
        "\x16",
        hello,
        std::string("\x80\x2e\x01\x03\x01", 5),  // SSLv2's hello
        std::string("\0", 1),
        std::string("\x05\x01\0", 3),                     // SOCKS 5
        std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8),     // PostgreSQL's question for TLS
        "\r\n\r\n" + std::string("\0\r\nQUIT\n\x21", 8),  // PROXY protocol, version 2
        "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "EHLO example.org\r\n",
        "*1\r\n$4\r\nPING\r\n",
        "\xff\xfd\x03",  // telnet
        "GET /v1/files/f\r\n",
        "GET\t/v1/files/f",
        " GET /",
        "GET /v1/files/\x01",
    };
    for (const std::string& bytes : others)
        for (const bool is_first : {true, false}) {
            HttpConnection connection(proxy->server());
            if (!is_first)
                BOOST_TEST(connection.get("/v1/files/f").body == "one");
            connection.send_bytes(bytes);
            BOOST_TEST_REQUIRE(connection.has_answer(3s), bytes);
            BOOST_TEST(connection.receive_bytes().starts_with("HTTP/1.1 400 "), bytes);
            BOOST_TEST(connection.is_closed_by_server(1s), bytes);
        }
}

/// A byte is marked urgent without leaving its place in the stream.
BOOST_FIXTURE_TEST_CASE(urgent_bytes_are_bytes_of_the_request, Served) {
    const std::string asked = request("GET /v1/files/f");
    for (const bool is_first : {true, false})
        for (std::size_t marked = 1; marked <= asked.size(); ++marked) {
            HttpConnection connection(proxy->server());
            if (!is_first)
                BOOST_TEST(connection.get("/v1/files/f").body == "one");
            proxy->while_held([&] {
                const auto sent = ::send(connection.descriptor(), asked.data(), marked, MSG_OOB);
                BOOST_TEST(sent == static_cast<ssize_t>(marked));
                connection.send_bytes(asked.substr(marked));
                connection.send_bytes(asked);
            });
            BOOST_TEST_REQUIRE(connection.has_answer(3s), marked);
            BOOST_TEST(connection.receive().body == "one");
            BOOST_TEST_REQUIRE(connection.has_answer(3s), marked);
            BOOST_TEST(connection.receive().body == "one");
        }
}

/// What is in memory must not decide whether a client that has ended its half gets an answer.
BOOST_FIXTURE_TEST_CASE(who_ends_its_half_is_answered_by_one_rule, Served) {
    using As = StandInDaemon::As;
    const As kinds[] = {As::resident, As::listed, As::unhashed};
    for (const As as : kinds)
        for (const std::string query : {"", "?wait=2"}) {
            daemon.put("half", "before", As::resident);
            daemon.put("half", "content", as);
            daemon.serve_wants(false);
            auto connection = proxy->poll("half" + query);
            connection.shutdown_send();
            BOOST_TEST((as == As::resident || !connection.has_answer(50ms)), query);
            daemon.serve_wants(true);
            BOOST_TEST(connection.receive().body == "content", query);
            BOOST_TEST(connection.is_closed_by_server());
        }
    for (const As as : kinds) {
        daemon.put("half", "before", As::resident);
        const Version version = daemon.put("half", "content", as);
        auto held = proxy->poll("half?wait=60&after=" + to_string(version));
        held.shutdown_send();
        BOOST_TEST(held.receive_bytes() == "");
        // Whatever is pipelined behind it, and without cutting the answer before it.
        HttpConnection behind(proxy->server());
        behind.send_request("GET", "/v1/files/large");
        behind.send_request("GET", "/v1/files/half?wait=60&after=" + to_string(version));
        behind.send_request("GET", "/healthz");
        behind.send_bytes("GET /heal");
        behind.shutdown_send();
        BOOST_TEST(read_slowly(behind).ends_with("\r\n\r\n" + large));
        BOOST_TEST(proxy->wait_for_subscribers(0));
    }
}

BOOST_AUTO_TEST_SUITE_END()
