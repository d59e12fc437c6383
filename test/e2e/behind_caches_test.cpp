// What caches do to held requests when they are configured as docs/http.md shows.
#include "test/support/needs.hpp"
#include "test/support/reverse_proxy.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(behind_caches)

namespace {

constexpr auto at_once = 3s;

std::string poll_of(const Serving& serving, const std::string& wait) {
    const auto now = http_get(serving.server(), "/v1/files/a");
    return "/v1/files/a?after=" + now.header("Treecast-Version") + "&wait=" + wait;
}

/// A change is in the cache for five seconds, under the URL that asked for it; nothing else is.
void check_what_is_cached(const std::string& program) {
    Serving serving(Files{{"a", "1"}});
    const ReverseProxy proxy(program, serving.server());
    const std::string poll = poll_of(serving, "30");
    HttpConnection client(proxy.server());
    client.send_request("GET", poll);
    BOOST_TEST(serving.wait_for_subscribers(1));
    serving.tree().replace("a", "2");
    BOOST_TEST(client.receive(at_once).body == "2");

    serving.tree().replace("a", "3");
    serving.sync();
    BOOST_TEST(http_get(proxy.server(), poll).body == "2");
    BOOST_TEST(http_get(proxy.server(), "/v1/files/a").body == "3");
    serving.tree().replace("a", "4");
    serving.sync();
    BOOST_TEST(http_get(proxy.server(), "/v1/files/a").body == "4");
    BOOST_TEST(http_get(proxy.server(), "/v1/files/a?wait=0").body == "4");

    const std::string idle = poll_of(serving, "500ms");
    BOOST_TEST(http_get(proxy.server(), idle).status == 204u);
    serving.tree().replace("a", "5");
    serving.sync();
    BOOST_TEST(http_get(proxy.server(), idle).body == "5");
}

}  // namespace

BOOST_AUTO_TEST_CASE(varnish_keeps_changes_alone, *needs(need::service("varnishd"))) {
    check_what_is_cached("varnishd");
}

BOOST_AUTO_TEST_CASE(squid_keeps_changes_alone, *needs(need::service("squid"))) {
    check_what_is_cached("squid");
}

BOOST_AUTO_TEST_CASE(varnish_makes_equal_polls_one, *needs(need::service("varnishd"))) {
    Serving serving(Files{{"a", "1"}});
    const ReverseProxy proxy("varnishd", serving.server());
    const std::string poll = poll_of(serving, "30");
    std::vector<HttpConnection> clients;
    for (int number = 0; number < 50; ++number) {
        clients.emplace_back(proxy.server());
        clients.back().send_request("GET", poll);
    }
    BOOST_TEST(serving.wait_for_subscribers(1));
    BOOST_TEST(!clients.back().has_answer(300ms));
    BOOST_TEST(serving.subscribers() == 1u);

    serving.tree().replace("a", "2");
    for (HttpConnection& client : clients)
        BOOST_TEST(client.receive(at_once).body == "2");
}

/// Varnish looks at its client only once it has something to send.
BOOST_AUTO_TEST_CASE(
    varnish_ends_a_poll_of_nobody_with_its_wait,
    *needs(need::service("varnishd"))
) {
    Serving serving(Files{{"a", "1"}});
    const ReverseProxy proxy("varnishd", serving.server());
    HttpConnection client(proxy.server());
    client.send_request("GET", poll_of(serving, "3"));
    BOOST_TEST(serving.wait_for_subscribers(1));
    client.reset();
    BOOST_TEST(serving.wait_for_subscribers(0));
}

BOOST_AUTO_TEST_SUITE_END()
