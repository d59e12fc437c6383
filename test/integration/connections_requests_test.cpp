#include "test/integration/connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(connections)

using namespace treecast::test::connections_cases;

BOOST_FIXTURE_TEST_CASE(pipelined_requests_are_answered_in_order_behind_a_held_one, Published) {
    const Version version = daemon.put("f", "one");
    daemon.put("g", "other");
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    auto connection = proxy.connect();
    for (int i = 0; i < 100; ++i)
        connection.send_request("GET", "/v1/files/g");
    connection.send_request("GET", "/v1/files/f?wait=60&after=" + to_string(version));
    connection.send_request("HEAD", "/v1/files/g");
    connection.send_request("GET", "/healthz");
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(connection.receive().body == "other");
    BOOST_TEST(proxy.wait_for_subscribers(1));
    connection.send_request("GET", "/v1/files/none");
    BOOST_TEST(!connection.has_answer(200ms));

    daemon.put("f", "two");

    BOOST_TEST(connection.receive().body == "two");
    BOOST_TEST(connection.receive().status == 200u);
    BOOST_TEST(connection.receive().status == 200u);
    BOOST_TEST(connection.receive().status == 404u);
}

BOOST_FIXTURE_TEST_CASE(more_requests_than_a_buffer_holds_wait_for_a_full_socket, Published) {
    constexpr int requests = 400;
    const std::string content(100'000, 'x');
    daemon.put("f", content);
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    HttpServer server = proxy.server();
    server.receive_buffer_bytes = 4096;
    HttpConnection connection(server);
    for (int i = 0; i < requests; ++i)
        connection.send_request("GET", "/v1/files/f", {{"Filling", std::string(200, 'x')}});

    int whole = 0;
    for (int i = 0; i < requests; ++i)
        whole += connection.receive().body == content;
    BOOST_TEST(whole == requests);
    BOOST_TEST(connection.get("/healthz").status == 200u);
}

BOOST_FIXTURE_TEST_CASE(the_end_behind_requests_is_found_after_their_answers, Published) {
    const Version version = daemon.put("f", std::string(3 << 20, 'x'));
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());

    auto connection = proxy.connect();
    connection.send_request("GET", "/v1/files/f");
    connection.send_request("GET", "/healthz");
    connection.shutdown_send();
    BOOST_TEST(connection.receive().body.size() == 3u << 20);
    BOOST_TEST(connection.receive().status == 200u);
    BOOST_TEST(connection.is_closed_by_server());

    // The same end is known before the request is held that it stands behind.
    HttpServer server = proxy.server();
    server.receive_buffer_bytes = 4096;
    HttpConnection behind(server);
    behind.send_request("GET", "/v1/files/f");
    behind.send_request("GET", "/v1/files/f?wait=60&after=" + to_string(version));
    behind.shutdown_send();
    BOOST_TEST(behind.receive().body.size() == 3u << 20);
    BOOST_TEST(behind.is_closed_by_server());
    BOOST_TEST(proxy.wait_for_subscribers(0));

    HttpConnection many(server);
    many.send_request("GET", "/v1/files/f");
    for (int i = 0; i < 100; ++i)
        many.send_request("GET", "/healthz");
    many.shutdown_send();
    BOOST_TEST(many.receive().body.size() == 3u << 20);
    for (int i = 0; i < 100; ++i)
        BOOST_TEST_REQUIRE(many.receive().status == 200u);
    BOOST_TEST(many.is_closed_by_server());

    auto partial = proxy.connect();
    partial.send_bytes("GET /v1/files/f HTTP/1.1\r\nHos");
    partial.shutdown_send();
    BOOST_TEST(partial.is_closed_by_server());

    auto held = proxy.connect();
    held.send_request("GET", "/v1/files/f?wait=60&after=" + to_string(version));
    held.shutdown_send();
    BOOST_TEST(held.is_closed_by_server());
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(a_connection_without_a_request_wakes_nobody_for_a_second, Published) {
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    const auto before = std::chrono::steady_clock::now();
    auto silent = proxy.connect();

    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 1;
    }));

    BOOST_TEST((std::chrono::steady_clock::now() - before >= 900ms));
    BOOST_TEST(silent.get("/healthz").status == 200u);
}

/// The kernel holds a packet that is not full for 200 ms at most: forty of those would take 8 s.
BOOST_FIXTURE_TEST_CASE(no_part_of_a_long_answer_and_none_of_the_next_is_held_back, Published) {
    const std::string content(300'001, 'x');
    daemon.put("f", content);
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    auto connection = proxy.connect();
    BOOST_TEST(connection.get("/v1/files/f").body.size() == content.size());
    const auto before = std::chrono::steady_clock::now();

    for (int i = 0; i < 40; ++i) {
        BOOST_TEST(connection.get("/v1/files/f").body.size() == content.size());
        BOOST_TEST(connection.get("/healthz").status == 200u);
    }

    BOOST_TEST((std::chrono::steady_clock::now() - before < 4s));
}

BOOST_FIXTURE_TEST_CASE(bad_requests_get_their_status, Published) {
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    struct {
        std::string bytes;
        unsigned status;
        bool closes;
    } const cases[] = {
        {"nonsense\r\n\r\n", 400, true},
        {request("GET /v1/files/f", "Content-Length: 5\r\n") + "12345", 413, true},
        {request("GET /v1/files/f", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 413, true},
        {request("GET /v1/files/f", "X: " + std::string(16384, 'x') + "\r\n"), 431, true},
        {request("GET /" + std::string(20000, 'x')), 431, true},
        {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505, true},
        {request("GET /v1/files/../x"), 400, false},
        {request("GET /v1/files/%2e%2e/x"), 400, false},
        {request("GET /v1/files/a//b"), 400, false},
        {request("GET /v1/files/%00"), 400, false},
        {request("GET /v1/files/"), 400, false},
        {request("GET /v1/files/f?after=x"), 400, false},
        {request("GET /v1/files/f?wait=-1"), 400, false},
        {request("GET /v1/files/f?other=1"), 400, false},
        {request("POST /v1/files/f"), 405, false},
        {request("DELETE /v1/status"), 405, false},
        {request("POST /v1/files/f", "Content-Length: 5\r\n") + "12345", 405, true},
        {request("PUT /v1/files/f", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 405, true},
        {request("POST /v1/changes", "Content-Length: 9999999\r\nExpect: 100-continue\r\n"),
         413,
         true},
        {request("POST /v1/changes", "Content-Length: 2\r\n") + "{}", 200, false},
        {request("POST /v1/changes", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 411, true},
        {request("POST /f", "Content-Length: 1\r\n"), 405, true},
        {request("PATCH /", "Content-Length: 1\r\n"), 405, true},
        {request("POST /v1/nothing", "Content-Length: 5\r\n") + "12345", 404, true},
        {request("GET /a//b"), 400, false},
        {request("GET /../b"), 400, false},
        {request("GET /%2e%2e/b"), 400, false},
        {request("GET //host/"), 400, false},
        {request("GET /conf/"), 400, false},
        {request("GET /v1/nothing"), 404, false},
        {request("OPTIONS *"), 404, false},
        {request("GET http://other/healthz"), 200, false},
    };
    for (const auto& each : cases) {
        const std::string what = each.bytes.substr(0, 40);
        auto connection = proxy.connect();
        connection.send_bytes(each.bytes);
        const std::string answer = connection.receive_bytes();
        BOOST_TEST(
            answer.substr(0, 12) == "HTTP/1.1 " + std::to_string(each.status),
            what << ": " << answer
        );
        const bool says_so = answer.find("Connection: close") != std::string::npos;
        BOOST_TEST(says_so == each.closes, what);
        if (each.status == 405)
            BOOST_TEST((answer.find("Allow: GET, HEAD\r\n") != std::string::npos));
        if (each.closes)
            BOOST_TEST(connection.is_closed_by_server(), what);
    }
    const auto named = proxy.get("f?after=x");
    BOOST_TEST((named.body.find("\"parameter\":\"after\"") != std::string::npos), named.body);
}

BOOST_FIXTURE_TEST_CASE(http_1_0_ends_after_its_answer_unless_it_asks_to_stay, Published) {
    daemon.put("f", "one");
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    auto connection = proxy.connect();

    connection.send_bytes("GET /v1/files/f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const std::string stays = connection.receive_bytes();
    connection.send_bytes("GET /v1/files/f HTTP/1.0\r\n\r\n");
    const std::string ends = connection.receive_bytes();

    BOOST_TEST((stays.find("Connection: keep-alive\r\n") != std::string::npos), stays);
    BOOST_TEST((ends.find("Connection: close\r\n") != std::string::npos), ends);
    BOOST_TEST(connection.is_closed_by_server());
}

BOOST_FIXTURE_TEST_CASE(bytes_may_trickle_in_but_not_for_ever, Published) {
    daemon.put("f", "one");
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    auto slow = proxy.connect();
    auto never = proxy.connect();
    never.send_bytes("GET /v1/fi");
    const std::string bytes = request("GET /v1/files/f");
    for (const char byte : bytes)
        slow.send_bytes({&byte, 1});
    BOOST_TEST(slow.receive().body == "one");

    HttpConnection blank(proxy.server());  // empty lines before a request begin it too
    blank.send_bytes("\r\n");

    const std::string answer = never.receive_bytes();

    BOOST_TEST(answer.starts_with("HTTP/1.1 408 "), answer);
    BOOST_TEST(blank.receive_bytes().starts_with("HTTP/1.1 408 "));
    BOOST_TEST(never.is_closed_by_server());
    // A connection that is idle between requests is left alone.
    BOOST_TEST(slow.get("/healthz").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
