// The feed, as events, as JSON and with contents, by clients that take little or nothing.
#include "test/integration/feed_fixture.hpp"
#include "test/support/event_client.hpp"

#include <deque>

using namespace treecast::test::feed_cases;

BOOST_AUTO_TEST_SUITE(feed_slow_clients)

namespace {

constexpr int files = 4'000;  // one page
constexpr std::size_t page_bytes_min = files * 1'000;

/// Far more than sockets hold.
struct LargePage : Feed {
    LargePage() {
        for (int i = 0; i < files; ++i)
            put(i);
    }
    void put(int i) {
        std::string path;
        for (int component = 0; component < 5; ++component)
            path += std::string(200, 'x') + '/';
        daemon.put(path + std::to_string(i), std::to_string(++edits), StandInDaemon::As::listed);
    }
    HttpServer slow_side(const ProxyInProcess& of) {
        HttpServer server = of.server();
        server.receive_buffer_bytes = 4096;
        return server;
    }

    proxy::Settings settings = ProxyInProcess::quick_settings(instance);
    int edits = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(pages_of_the_past_are_taken_from_the_slowest_beyond_the_limit, LargePage) {
    settings.pinned_bytes_max = page_bytes_min * 5 / 2;  // two pages
    ProxyInProcess other(instance, settings);
    BOOST_TEST_REQUIRE(other.wait_until_ready());
    std::deque<EventClient> slow;
    for (int i = 0; i < 5; ++i) {
        slow.emplace_back(slow_side(other), "");
        BOOST_TEST(slow.back().next_word() == "reset");
        put(i);
        for (EventClient& client : slow)  // a little now and then
            (void)client.next(10ms);
    }
    BOOST_TEST(poll_until([&] {
        return other.connections() == 2;
    }));
    BOOST_TEST(other.subscribers() == 2u);

    // One who takes all of it has its own page for a moment only.
    EventClient quick(other.server(), "");
    while (quick.last_event_id().empty())
        BOOST_TEST_REQUIRE(quick.next().has_value());
    BOOST_TEST(quick.files().size() == unsigned{files});
}

BOOST_FIXTURE_TEST_CASE(so_are_pages_as_json, LargePage) {
    settings.pinned_bytes_max = page_bytes_min * 5 / 2;
    ProxyInProcess other(instance, settings);
    BOOST_TEST_REQUIRE(other.wait_until_ready());
    std::deque<HttpConnection> slow;
    for (int i = 0; i < 5; ++i) {
        slow.emplace_back(slow_side(other));
        slow.back().send_request("GET", "/v1/changes");
        BOOST_TEST(slow.back().has_answer(patience));
        put(i);
    }
    BOOST_TEST(poll_until([&] {
        return other.connections() == 2;
    }));
    BOOST_TEST(http_get(other.server(), "/v1/changes").body.size() > page_bytes_min);
}

BOOST_FIXTURE_TEST_CASE(so_are_lists_from_which_contents_are_sent, LargePage) {
    settings.pinned_bytes_max = page_bytes_min * 5 / 2;
    ProxyInProcess other(instance, settings);
    BOOST_TEST_REQUIRE(other.wait_until_ready());
    const HttpHeaders accept{{"Accept", "multipart/mixed"}};
    std::deque<HttpConnection> slow;
    for (int i = 0; i < 5; ++i) {
        slow.emplace_back(slow_side(other));
        slow.back().send_request("GET", "/v1/changes?part_max=0", accept);
        BOOST_TEST(slow.back().has_answer(patience));
        put(i);
    }
    BOOST_TEST(poll_until([&] {
        return other.connections() <= 2;
    }));
    BOOST_TEST(other.connections() >= 1u);
    const HttpResponse quick = http_get(other.server(), "/v1/changes?part_max=0", accept);
    BOOST_TEST(quick.body.size() > page_bytes_min);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_takes_nothing_is_dropped, LargePage) {
    settings.send_timeout = 500ms;
    ProxyInProcess other(instance, settings);
    BOOST_TEST_REQUIRE(other.wait_until_ready());
    HttpConnection stuck(slow_side(other));
    stuck.send_request("GET", "/v1/events");
    BOOST_TEST(other.wait_for_subscribers(1));
    EventClient parked(other.server(), "path=none");
    BOOST_TEST(parked.next_until_ready() == "reset ready");
    BOOST_TEST(poll_until([&] {
        return other.connections() == 1;
    }));
    // Who has taken everything is not waited for.
    BOOST_TEST(parked.next_word(1s).empty());
    BOOST_TEST(!parked.has_ended());
}

BOOST_AUTO_TEST_SUITE_END()
