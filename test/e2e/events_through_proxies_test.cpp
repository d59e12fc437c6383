// Server-Sent Events by other people's programs: curl, and nginx with its own defaults in between.
#include "test/support/event_client.hpp"
#include "test/support/needs.hpp"
#include "test/support/other_programs.hpp"
#include "test/support/reverse_proxy.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(events_through_proxies)

namespace {

/// Events that are held back somewhere come with others, or with a heartbeat.
constexpr auto at_once = 3s;

/// What is set is what nginx has no default for.
constexpr const char* least_of_nginx =
    "server { listen 80; location / { proxy_pass http://127.0.0.1:8420; } }\n";

}  // namespace

BOOST_AUTO_TEST_CASE(nginx_passes_each_event_at_once, *needs(need::service("nginx"))) {
    const Files files{{"conf/a", "1"}};
    Serving serving(files);
    const ReverseProxy nginx("nginx", serving.server(), least_of_nginx);
    EventClient client(nginx.server(), "prefix=conf/");
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
    EventClient other(nginx.server(), "prefix=conf/", id);
    BOOST_TEST(other.next_word(at_once) == "conf/a");
}

BOOST_AUTO_TEST_CASE(curl_prints_each_event_as_it_comes, *needs(need::program("curl"))) {
    const Files files{{"a", "1"}};
    Serving serving(files);
    const std::string url = "http://127.0.0.1:" + std::to_string(serving.server().port);
    ChildProcess curl(path_of_program("curl"), {"-sN", url + "/v1/events?path=a"});
    BOOST_TEST(curl.wait_for_output("event: ready\n"));
    BOOST_TEST(curl.standard_output().starts_with("retry: "));
    serving.tree().write("a", "22");
    BOOST_TEST(curl.wait_for_output("\"size\":2"));
    std::filesystem::remove(serving.tree() / "a");
    BOOST_TEST(curl.wait_for_output("event: delete\ndata: {\"path\":\"a\","));
}

BOOST_AUTO_TEST_SUITE_END()
