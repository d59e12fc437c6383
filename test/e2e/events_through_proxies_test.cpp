// Server-Sent Events by other people's programs: curl, and proxies with their own defaults in
// between. TREECAST_IDLE_SECONDS: for how long nothing happens meanwhile, such as 70.
#include "test/support/event_client.hpp"
#include "test/support/needs.hpp"
#include "test/support/other_programs.hpp"
#include "test/support/reverse_proxy.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(events_through_proxies)

namespace {

/// Events that are held back somewhere come with others, or with a heartbeat.
constexpr auto at_once = 3s;

// What is set is what there is no default for.
constexpr const char* least_of_nginx =
    "server { listen 80; location / { proxy_pass http://127.0.0.1:8420; } }\n";
constexpr const char* least_of_caddy = ":80 {\nreverse_proxy 127.0.0.1:8420\n}\n";
/// Debian's `defaults`: without timeouts HAProxy warns.
constexpr const char* least_of_haproxy =
    "defaults\nmode http\ntimeout connect 5000\ntimeout client 50000\ntimeout server 50000\n"
    "listen all\nbind :80\nserver treecast 127.0.0.1:8420\n";

void check_each_event_comes_at_once(const std::string& program, const std::string& least) {
    Serving serving(Files{{"conf/a", "1"}});
    const ReverseProxy proxy(program, serving.server(), least);
    EventClient client(proxy.server(), "prefix=conf/");
    BOOST_TEST(client.next_until_ready() == "reset conf/a ready");
    for (const char* const content : {"2", "3"}) {
        serving.tree().write("conf/a", content);
        BOOST_TEST(client.next_word(at_once) == "conf/a");
    }
    serving.tree().write("conf/b", "1");
    BOOST_TEST(client.next_word(at_once) == "conf/b");
    std::filesystem::remove(serving.tree() / "conf/a");
    BOOST_TEST(client.next_word(at_once) == "[conf/a]");
    const std::string id = client.last_event_id();

    client.connection().reset();
    serving.tree().write("conf/a", "4");
    EventClient other(proxy.server(), "prefix=conf/", id);
    BOOST_TEST(other.next_word(at_once) == "conf/a");
    // What is sent while nothing happens keeps it below all timeouts.
    const char* const idle = std::getenv("TREECAST_IDLE_SECONDS");  // NOLINT(concurrency-mt-unsafe)
    BOOST_TEST(other.next_word(std::chrono::seconds(idle ? std::stoi(idle) : 0)).empty());
    serving.tree().write("conf/a", "5");
    BOOST_TEST(other.next_word(at_once) == "conf/a");
}

}  // namespace

BOOST_AUTO_TEST_CASE(nginx_passes_each_event_at_once, *needs(need::service("nginx"))) {
    check_each_event_comes_at_once("nginx", least_of_nginx);
}

BOOST_AUTO_TEST_CASE(haproxy_passes_each_event_at_once, *needs(need::service("haproxy"))) {
    check_each_event_comes_at_once("haproxy", least_of_haproxy);
}

BOOST_AUTO_TEST_CASE(caddy_passes_each_event_at_once, *needs(need::service("caddy"))) {
    check_each_event_comes_at_once("caddy", least_of_caddy);
}

BOOST_AUTO_TEST_CASE(curl_prints_each_event_as_it_comes, *needs(need::program("curl"))) {
    const Files files{{"a", "1"}};
    Serving serving(files);
    ChildProcess curl(
        path_of_program("curl"),
        {"-sN", serving.server().origin() + "/v1/events?path=a"}
    );
    BOOST_TEST(curl.wait_for_output("event: ready\n"));
    BOOST_TEST(curl.standard_output().starts_with("retry: "));
    serving.tree().write("a", "22");
    BOOST_TEST(curl.wait_for_output("\"size\":2"));
    std::filesystem::remove(serving.tree() / "a");
    BOOST_TEST(curl.wait_for_output("event: delete\ndata: {\"path\":\"a\","));
}

BOOST_AUTO_TEST_SUITE_END()
