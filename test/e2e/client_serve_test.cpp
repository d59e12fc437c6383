// `treecast serve` with the real daemon and proxy: how it begins, how it ends.
#include "test/support/processes.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(client_serve)

namespace {

const std::vector<std::pair<std::string, std::string>> one_file{{"a", "one"}};

bool is_ready(const Serving& serving) {
    return poll_until([&] {
        try {
            return http_get(serving.server(), "/readyz").status == 200;
        } catch (const std::exception&) {
            return false;  // the proxy is just being started
        }
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_prints_one_line_once_the_tree_can_be_had) {
    Serving serving(one_file);

    BOOST_TEST(http_get(serving.server(), "/readyz").status == 200U);
    BOOST_TEST(serving.get("a").body == "one");
    BOOST_TEST(
        serving.process().standard_output() ==
        "serving " + serving.tree().path() +
            " on http://127.0.0.1:" + std::to_string(serving.server().port) + "/\n"
    );
}

BOOST_AUTO_TEST_CASE(a_child_that_dies_comes_back_at_the_same_address_with_the_same_epoch) {
    Serving serving(one_file);
    const auto version = serving.get("a").header("Treecast-Version");
    for (const auto* const program : {"treecast-proxy", "treecast-daemon"}) {
        const pid_t before = serving.child(program);
        BOOST_TEST_REQUIRE(before != 0);

        ::kill(before, SIGKILL);

        BOOST_TEST(poll_until([&] {
            const pid_t after = serving.child(program);
            return after != 0 && after != before;
        }));
        BOOST_TEST(is_ready(serving));
        BOOST_TEST(serving.get("a").header("Treecast-Version") == version);
    }
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_served_already_is_refused_and_left_alone) {
    Serving serving(one_file);

    ChildProcess second(
        treecast_program,
        {"serve",
         serving.tree().path(),
         "--listen=127.0.0.1:0",
         "--instance",
         serving.instance().name()}
    );

    BOOST_TEST(second.wait().value() == 3);
    BOOST_TEST(second.standard_output() == "");
    BOOST_TEST(serving.get("a").body == "one");
    serving.tree().replace("a", "two");
    serving.sync();
    BOOST_TEST(serving.get("a").body == "two");
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_a_configuration_error_that_leaves_nothing) {
    const Serving serving;
    const TemporaryDirectory other;
    const InstanceGuard instance;

    ChildProcess second(
        treecast_program,
        {"serve",
         other.path(),
         "--listen",
         "127.0.0.1:" + std::to_string(serving.server().port),
         "--instance",
         instance.name()}
    );

    BOOST_TEST(second.wait().value() == 3);
    BOOST_TEST(
        second.standard_error().find(std::to_string(serving.server().port)) != std::string::npos
    );
    BOOST_TEST(second.standard_output() == "");
}

BOOST_AUTO_TEST_CASE(what_a_killed_one_left_does_not_stop_the_next) {
    const TemporaryDirectory tree;
    tree.write("a", "one");
    const InstanceGuard instance;
    const std::vector<std::string> arguments{
        "serve",
        tree.path(),
        "--listen=127.0.0.1:0",
        "--instance",
        instance.name()};
    {
        ChildProcess killed(treecast_program, arguments);
        BOOST_REQUIRE(killed.wait_for_output("serving "));
        const pid_t daemon = child_of(killed.pid(), "treecast-daemon");
        killed.signal(SIGKILL);
        BOOST_TEST(killed.wait().value() == 128 + SIGKILL);
        BOOST_TEST(poll_until([&] {
            return ::kill(daemon, 0) != 0;
        }));
        BOOST_TEST(!instance.objects().empty());
    }

    ChildProcess next(treecast_program, arguments);

    BOOST_TEST(next.wait_for_output("serving "));
    BOOST_TEST(http_get(server_in(next.standard_output()), "/v1/files/a").body == "one");
    BOOST_TEST(next.terminate().value() == 0);
}

BOOST_AUTO_TEST_CASE(held_polls_are_answered_when_it_stops) {
    Serving serving(one_file);
    const auto version = serving.get("a").header("Treecast-Version");
    auto held = serving.poll("a", "after=" + version + "&wait=60");
    BOOST_REQUIRE(serving.wait_for_subscribers(1));

    serving.process().signal(SIGTERM);

    const auto answer = held.receive();
    BOOST_TEST(answer.status == 204U);
    BOOST_TEST(answer.header("Treecast-Version") == version);
    BOOST_TEST(!answer.keep_alive);
}

BOOST_AUTO_TEST_CASE(watch_survives_a_restart_of_everything_and_shows_what_came_meanwhile) {
    const TemporaryDirectory tree;
    tree.write("a", "one");
    const InstanceGuard instance;
    std::vector<std::string> arguments{
        "serve",
        tree.path(),
        "--instance",
        instance.name(),
        "--listen=127.0.0.1:0"};
    std::optional<ChildProcess> serve;
    serve.emplace(treecast_program, arguments);
    BOOST_REQUIRE(serve->wait_for_output("serving "));
    const auto address = "127.0.0.1:" + std::to_string(server_in(serve->standard_output()).port);
    ChildProcess watch(treecast_program, {"watch", "http://" + address + "/a"});
    BOOST_REQUIRE(watch.wait_for_output(" change a "));

    BOOST_TEST(serve->terminate().value() == 0);
    tree.replace("a", "three");
    arguments.back() = "--listen=" + address;
    serve.reset();
    serve.emplace(treecast_program, arguments);

    BOOST_TEST(watch.wait_for_output(" 5\n"));
    BOOST_TEST(watch.terminate().value() == 0);
    BOOST_TEST(serve->terminate().value() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
