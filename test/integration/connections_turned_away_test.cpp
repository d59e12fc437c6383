#include "test/integration/connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(connections)

using namespace treecast::test::connections_cases;

BOOST_FIXTURE_TEST_CASE(a_subscriber_that_leaves_is_forgotten, Published) {
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    {
        auto closed = proxy.poll("f?wait=60");
        auto reset = proxy.poll("f?wait=60");
        auto pipelined = proxy.poll("f?wait=60");
        BOOST_TEST(proxy.wait_for_subscribers(3));
        pipelined.send_request("GET", "/healthz");
        BOOST_TEST(!pipelined.has_answer(50ms));
        reset.reset();
        BOOST_TEST(proxy.wait_for_subscribers(2));
        pipelined.reset();
        BOOST_TEST(proxy.wait_for_subscribers(1));
    }
    BOOST_TEST(proxy.wait_for_subscribers(0));
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(a_client_that_takes_nothing_is_dropped, Published) {
    daemon.put("f", std::string(20 << 20, 'x'));
    settings.send_timeout = 500ms;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    HttpServer server = proxy.server();
    server.receive_buffer_bytes = 4096;
    HttpConnection stuck(server);
    stuck.send_request("GET", "/v1/files/f");

    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 1;
    }));
    BOOST_TEST(proxy.get("f").body.size() == 20u << 20);
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(superseded_content_is_taken_from_the_slowest_beyond_the_limit, Published) {
    constexpr std::size_t size = 8 << 20;
    settings.pinned_bytes_max = 2 * size + 1;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    HttpServer server = proxy.server();
    server.receive_buffer_bytes = 4096;
    std::vector<HttpConnection> slow;
    for (int i = 0; i < 4; ++i) {
        daemon.put("f", std::string(size, static_cast<char>('a' + i)));
        slow.emplace_back(server);
        slow.back().send_request("GET", "/v1/files/f");
        BOOST_TEST_REQUIRE(slow.back().has_answer(patience));
    }

    // Three of the four versions are superseded, one more than there is room for.
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 3;
    }));
    daemon.put("f", "small");
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 2;
    }));
    BOOST_TEST(proxy.get("f").body == "small");
}

BOOST_FIXTURE_TEST_CASE(shutdown_turns_waiters_away_and_finishes_answers, Published) {
    daemon.put("big", std::string(20 << 20, 'x'));
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    auto idle = proxy.connect();
    BOOST_TEST(idle.get("/healthz").status == 200u);
    auto poll = proxy.poll("none?wait=60");
    HttpServer server = proxy.server();
    server.receive_buffer_bytes = 4096;
    HttpConnection big(server);
    big.send_request("GET", "/v1/files/big");
    BOOST_TEST_REQUIRE(big.has_answer(patience));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    proxy.stop();

    const auto turned_away = poll.receive();
    BOOST_TEST(turned_away.status == 404u);
    BOOST_TEST(turned_away.header("Connection") == "close");
    BOOST_TEST(idle.is_closed_by_server());
    BOOST_TEST(big.receive().body.size() == 20u << 20);
    BOOST_TEST(big.is_closed_by_server(2s));
    BOOST_CHECK_THROW(HttpConnection(proxy.server()), std::system_error);
}

BOOST_FIXTURE_TEST_CASE(requests_that_have_come_are_answered_at_shutdown, Published) {
    const std::string content(300'001, 'x');
    daemon.put("f", content);
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    std::vector<HttpConnection> connections;
    connections.push_back(proxy.connect());
    BOOST_TEST(connections[0].get("/healthz").status == 200u);
    connections.push_back(proxy.connect());
    connections[1].send_bytes("GET /v1/files/f HTTP/1.1\r\nHost: ");
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 2;
    }));

    proxy.while_held([&] {
        connections[0].send_request("GET", "/v1/files/f");
        connections[1].send_bytes("h\r\n\r\n");
        for (int i = 0; i < 100; ++i)
            connections.push_back(proxy.poll("f"));
        connections.push_back(proxy.poll("none?wait=60"));
        proxy.stop();
    });

    BOOST_TEST(connections.back().receive().status == 404u);
    connections.pop_back();
    for (HttpConnection& connection : connections) {
        const auto answer = connection.receive();
        BOOST_TEST(answer.status == 200u);
        BOOST_TEST(answer.header("Connection") == "close");
        BOOST_TEST((answer.body == content));
        BOOST_TEST(connection.is_closed_by_server());
    }
}

BOOST_AUTO_TEST_SUITE_END()
