// The proxy is stopped, killed or slow: nothing is lost, nothing waits for it.
#include "test/support/opa_client.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/processes.hpp"
#include "test/support/subscribers.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <memory>

#include <unistd.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(proxy_stops)

namespace {

std::string version_of(const HttpResponse& response) {
    return response.header("Treecast-Version");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_worker_whose_queue_was_full_misses_nothing) {
    PairOfPrograms programs;
    constexpr int files = 30;
    for (int i = 0; i < files; ++i)
        programs.tree().write("f" + std::to_string(i), "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<HttpConnection> polls;
    for (int i = 0; i < files; ++i) {
        const auto path = "f" + std::to_string(i);
        polls.push_back(programs.poll(path, "wait=60&after=" + version_of(programs.get(path))));
    }

    // A stopped worker takes nothing out of its queue of ten messages.
    BOOST_TEST_REQUIRE(stop_process(programs.proxy()->pid()));
    for (int i = 0; i < files; ++i) {
        programs.tree().replace("f" + std::to_string(i), "two");
        ChildProcess sync(treecast_program, {"sync", "--instance", programs.instance().name()});
        BOOST_TEST_REQUIRE((sync.wait() == 0), sync.standard_error());
    }
    programs.proxy()->signal(SIGCONT);

    for (auto& poll : polls)
        BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(a_proxy_that_was_killed_starts_again_on_its_port_and_its_queues) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto version = version_of(programs.get("f"));

    for (int round = 0; round < 12; ++round) {  // more often than there are queue pairs
        programs.proxy()->signal(SIGKILL);
        BOOST_TEST((programs.proxy()->wait() == 128 + SIGKILL));
        programs.start_proxy();
        BOOST_TEST_REQUIRE(programs.wait_until_ready());
    }

    BOOST_TEST(version_of(programs.get("f")) == version);
    auto poll = programs.poll("f", "wait=60&after=" + version);
    programs.tree().replace("f", "two");
    BOOST_TEST(poll.receive().body == "two");
}

BOOST_AUTO_TEST_CASE(sigterm_answers_every_poll_and_ends_responses_under_way) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.tree().write("large", std::string(16 << 20, 'x'));
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<HttpConnection> polls;
    for (int i = 0; i < 100; ++i)
        polls.push_back(programs.poll("f", "wait=60&after=" + version_of(programs.get("f"))));
    HttpServer slow = programs.server();
    slow.receive_buffer_bytes = 4096;
    BOOST_TEST(programs.get("large").status == 200);
    HttpConnection transfer(slow);
    transfer.send_request("GET", "/v1/files/large");
    BOOST_TEST(transfer.has_answer(patience));

    programs.proxy()->signal(SIGTERM);

    for (auto& poll : polls) {
        const auto response = poll.receive();
        BOOST_TEST(response.status == 204);
        BOOST_TEST(!response.keep_alive);
    }
    BOOST_TEST(transfer.receive().body.size() == 16U << 20);
    BOOST_TEST((programs.proxy()->wait() == 0));
}

BOOST_AUTO_TEST_CASE(who_comes_back_while_the_proxy_ends_is_held_and_does_not_spin) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy({"--workers", "2"});
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<std::unique_ptr<OpaClient>> clients;
    for (int i = 0; i < 20; ++i)
        clients.push_back(std::make_unique<OpaClient>(programs.server(), "/v1/files/f", 60s));
    BOOST_TEST_REQUIRE(wait_for_subscribers(programs.server(), clients.size()));

    const auto begin = std::chrono::steady_clock::now();
    programs.proxy()->signal(SIGTERM);
    BOOST_TEST((programs.proxy()->wait() == 0));

    // They come back for as long as there is somebody to be held by.
    BOOST_TEST((std::chrono::steady_clock::now() - begin > 2500ms));
    for (const auto& client : clients) {
        BOOST_TEST(poll_until([&] {
            return client->has_ended();
        }));
        // The file, the wait that ended early, the one that lasted until the end, and perhaps one
        // that the slower of the two workers still accepted.
        BOOST_TEST(client->requests() <= 4U);
        const auto errors = client->errors();
        BOOST_TEST_REQUIRE(errors.size() == 1U);
        BOOST_TEST((errors.front().find("refused") != std::string::npos), errors.front());
    }
}

BOOST_AUTO_TEST_CASE(a_second_sigterm_ends_it_at_once) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    std::vector<HttpConnection> polls;
    for (int i = 0; i < 20; ++i)
        polls.push_back(programs.poll("none", "wait=60"));
    BOOST_TEST_REQUIRE(wait_for_subscribers(programs.server(), polls.size()));
    programs.proxy()->signal(SIGTERM);
    BOOST_TEST_REQUIRE(programs.proxy()->wait_for_output("stopping"));
    programs.proxy()->signal(SIGTERM);
    BOOST_TEST((programs.proxy()->wait(1500ms) == 128 + SIGTERM));
}

BOOST_AUTO_TEST_CASE(a_client_that_takes_nothing_is_dropped) {
    PairOfPrograms programs;
    programs.tree().write("large", std::string(32 << 20, 'x'));
    programs.start_daemon();
    programs.start_proxy({"--send-timeout", "500ms"});
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(programs.get("large").status == 200);
    HttpServer slow = programs.server();
    slow.receive_buffer_bytes = 4096;
    HttpConnection idle(slow);
    idle.send_request("GET", "/v1/files/large");
    BOOST_TEST(idle.has_answer(patience));

    // Nothing is read until the server has given up: a receive queue that stops growing.
    BOOST_TEST(poll_until([&] {
        return http_get(programs.server(), "/v1/status").body.find("\"connections\":1") !=
               std::string::npos;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
