// What a worker does when many of its connections have something at once, or none has.
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(ready_sockets)

namespace {

constexpr std::size_t many = 300;  // several times what is told of in one turn

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    Version version = daemon.put("f", "one");

    Published() { daemon.complete_scan(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(more_than_a_turn_takes_are_all_served, Published) {
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    std::vector<HttpConnection> connections;
    for (std::size_t i = 0; i < many; ++i)
        connections.push_back(proxy.connect());
    for (HttpConnection& connection : connections)
        BOOST_TEST_REQUIRE(connection.get("/healthz").status == 200u);

    proxy.while_held([&] {
        for (HttpConnection& connection : connections)
            connection.send_request("GET", "/v1/files/f");
    });

    std::size_t answered = 0;
    for (HttpConnection& connection : connections)
        answered += connection.receive().body == "one" ? 1U : 0U;
    BOOST_TEST(answered == many);
}

BOOST_FIXTURE_TEST_CASE(those_that_end_in_the_same_turn_are_all_forgotten, Published) {
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    const std::string held = "f?wait=60&after=" + to_string(version);
    std::vector<HttpConnection> connections;
    for (std::size_t i = 0; i < many; ++i)
        connections.push_back(proxy.poll(held));
    BOOST_TEST(proxy.wait_for_subscribers(many));

    proxy.while_held([&] {
        // Some leave while their answer is due.
        daemon.put("f", "two");
        connections.erase(connections.begin() + many / 2, connections.end());
    });

    for (HttpConnection& connection : connections)
        BOOST_TEST_REQUIRE(connection.receive().body == "two");
    connections.clear();
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0 && proxy.subscribers() == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(connections_of_which_nothing_comes_take_no_time, Published) {
    daemon.put("large", std::string(8 << 20, 'x'));
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    const std::string held = "f?wait=60&after=" + to_string(version);

    auto idle = proxy.connect();
    BOOST_TEST(idle.get("/healthz").status == 200u);
    auto parked = proxy.poll(held);
    auto parked_before_another = proxy.poll(held);
    parked_before_another.send_request("GET", "/healthz");
    auto partial = proxy.connect();
    partial.send_bytes("GET /v1/files/f HTTP/1.1\r\nHo");
    HttpServer slow = proxy.server();
    slow.receive_buffer_bytes = 4096;
    HttpConnection taking_nothing(slow);
    taking_nothing.send_request("GET", "/v1/files/large");
    HttpConnection taking_nothing_behind_its_end(slow);
    taking_nothing_behind_its_end.send_request("GET", "/v1/files/large");
    taking_nothing_behind_its_end.shutdown_send();
    auto lingering = proxy.connect();
    lingering.send_bytes("nonsense\r\n\r\n");
    BOOST_TEST(lingering.receive().status == 400u);
    BOOST_TEST(proxy.wait_for_subscribers(2));
    BOOST_TEST(taking_nothing.has_answer(patience));
    BOOST_TEST(taking_nothing_behind_its_end.has_answer(patience));

    constexpr auto observed = 500ms;
    const auto before = proxy.processor_time();
    std::this_thread::sleep_for(observed);

    // A worker that spins takes all of it, or its share where others want the processor too.
    BOOST_TEST((proxy.processor_time() - before < observed / 10));
    BOOST_TEST(proxy.connections() == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
