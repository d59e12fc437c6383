// The proxy and the daemon's comings and goings, lost bells, several workers.
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(attachment)

namespace {

unsigned status_of(const ProxyInProcess& proxy, std::string_view target) {
    return http_get(proxy.server(), target).status;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_proxy_waits_for_its_daemon_and_for_the_first_scan) {
    const InstanceGuard instance;
    ProxyInProcess proxy(instance);
    BOOST_TEST(status_of(proxy, "/healthz") == 200u);
    BOOST_TEST(status_of(proxy, "/readyz") == 503u);
    BOOST_TEST(status_of(proxy, "/v1/status") == 200u);
    const auto early = proxy.get("f");
    BOOST_TEST(early.status == 503u);
    BOOST_TEST(early.has_header("Retry-After"));

    StandInDaemon daemon(instance);
    daemon.put("f", "one");
    BOOST_TEST(poll_until([&] {
        return proxy.get("f").status == 200;
    }));
    BOOST_TEST(status_of(proxy, "/readyz") == 503u);
    BOOST_TEST(proxy.get("unknown").status == 503u);
    daemon.complete_scan();

    BOOST_TEST(proxy.wait_until_ready());
    BOOST_TEST(status_of(proxy, "/readyz") == 200u);
    BOOST_TEST(proxy.get("unknown").status == 404u);
}

BOOST_AUTO_TEST_CASE(answers_say_so_when_the_daemon_is_gone_and_a_new_catalog_is_taken_up) {
    const InstanceGuard instance;
    std::optional<StandInDaemon> daemon(std::in_place, instance);
    daemon->complete_scan();
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    const Version old = daemon->put("f", "one");
    BOOST_TEST(proxy.get("f").body == "one");
    auto poll = proxy.poll("f?wait=60&after=" + to_string(old));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    daemon.reset();  // which removes everything
    BOOST_TEST(poll_until([&] {
        return proxy.get("f").has_header("Treecast-Stale");
    }));
    BOOST_TEST(proxy.get("f").body == "one");
    BOOST_TEST(status_of(proxy, "/readyz") == 200u);
    daemon.emplace(instance);
    daemon->complete_scan();
    const Version fresh = daemon->put("f", "new epoch");

    const auto response = poll.receive();
    BOOST_TEST(response.body == "new epoch");
    BOOST_TEST(response.header("Treecast-Version") == to_string(fresh));
    BOOST_TEST(fresh.epoch != old.epoch);
    BOOST_TEST(poll_until([&] {
        return !proxy.get("f").has_header("Treecast-Stale");
    }));
    auto again = proxy.poll("f?wait=60&after=" + to_string(fresh));
    BOOST_TEST(proxy.wait_for_subscribers(1));
    daemon->put("f", "still pushed");
    BOOST_TEST(again.receive().body == "still pushed");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_comes_back_keeps_the_epoch_and_the_subscribers) {
    const InstanceGuard instance;
    std::optional<StandInDaemon> daemon(std::in_place, instance);
    daemon->complete_scan();
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    const Version version = daemon->put("f", "one");
    auto poll = proxy.poll("f?wait=60&after=" + to_string(version));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    daemon->leave_objects();
    daemon.reset();
    BOOST_TEST(poll_until([&] {
        return proxy.get("f").has_header("Treecast-Stale");
    }));
    daemon.emplace(instance);
    BOOST_TEST(daemon->epoch() == version.epoch);
    BOOST_TEST(!poll.has_answer());
    daemon->put("f", "two");

    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(silence_and_degradation_are_told) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.complete_scan();
    daemon.put("f", "one");
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    BOOST_TEST(!proxy.get("f").has_header("Treecast-Stale"));

    daemon.set_degraded("the root is gone");
    BOOST_TEST(poll_until([&] {
        return proxy.get("f").has_header("Treecast-Stale");
    }));
    const auto status = http_get(proxy.server(), "/v1/status");
    BOOST_TEST((status.body.find("the root is gone") != std::string::npos), status.body);
    daemon.set_degraded("");
    BOOST_TEST(poll_until([&] {
        return !proxy.get("f").has_header("Treecast-Stale");
    }));

    daemon.beat(false);
    BOOST_TEST(poll_until([&] {
        const auto stale = proxy.get("none").header("Treecast-Stale");
        return !stale.empty() && std::stoi(stale) >= 2;
    }));
    daemon.beat(true);
    BOOST_TEST(poll_until([&] {
        return !proxy.get("f").has_header("Treecast-Stale");
    }));
}

BOOST_AUTO_TEST_CASE(a_lost_bell_costs_a_second_and_a_full_queue_nothing) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.complete_scan();
    ProxyInProcess proxy(instance);
    BOOST_TEST(proxy.wait_until_ready());
    Version version = daemon.put("f", "one");
    auto poll = proxy.poll("f?wait=60&after=" + to_string(version));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    daemon.ring_bell(false);
    version = daemon.put("f", "two");
    BOOST_TEST(poll.receive().body == "two");

    poll = proxy.poll("f?wait=60&after=" + to_string(version));
    BOOST_TEST(proxy.wait_for_subscribers(1));
    daemon.flood_bells();
    daemon.put("f", "three");
    BOOST_TEST(poll.receive().body == "three");
}

BOOST_AUTO_TEST_CASE(content_that_does_not_come_in_time_is_503) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.complete_scan();
    daemon.serve_wants(false);
    daemon.put("f", "lazy", StandInDaemon::As::listed);
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.load_timeout = 300ms;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());

    const auto response = proxy.get("f");

    BOOST_TEST(response.status == 503u);
    BOOST_TEST(response.has_header("Retry-After"));
    daemon.serve_wants(true);
    BOOST_TEST(poll_until([&] {
        return proxy.get("f").body == "lazy";
    }));
}

BOOST_AUTO_TEST_CASE(workers_beyond_the_queue_pairs_push_all_the_same) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance, 1);
    daemon.complete_scan();
    const Version version = daemon.put("f", "one");
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.workers = 2;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    std::vector<HttpConnection> polls;
    for (int i = 0; i < 40; ++i)
        polls.push_back(proxy.poll("f?wait=60&after=" + to_string(version)));
    BOOST_TEST(proxy.wait_for_subscribers(40));

    daemon.put("f", "two");

    for (HttpConnection& poll : polls)
        BOOST_TEST(poll.receive().body == "two");
    const auto status = http_get(proxy.server(), "/v1/status");
    BOOST_TEST((status.body.find("\"workers\":2") != std::string::npos), status.body);
    BOOST_TEST((status.body.find("\"workers_with_queues\":1") != std::string::npos), status.body);
}

BOOST_AUTO_TEST_CASE(a_version_of_one_worker_is_never_the_future_to_another) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.complete_scan();
    Version version = daemon.put("f", "start");
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.workers = 2;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST(proxy.wait_until_ready());
    // Enough connections that the kernel gives some to each worker.
    std::vector<HttpConnection> connections;
    for (int i = 0; i < 16; ++i)
        connections.push_back(proxy.connect());
    std::jthread writer([&](const std::stop_token& stop) {
        for (int i = 0; !stop.stop_requested(); ++i)
            daemon.put("f", std::to_string(i));
    });

    for (std::size_t i = 0; i < 20'000; ++i) {
        auto& connection = connections[i % connections.size()];
        const auto response =
            connection.get(ProxyInProcess::target("f?after=" + to_string(version)));
        // News may be cached, an answer of 204 at wait=0 is a time-out: a reset is a 200 that
        // may not be.
        BOOST_TEST_REQUIRE(
            (response.status == 204 || response.header("Cache-Control") == "public, max-age=5")
        );
        version = *parse_version(response.header("Treecast-Version"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
