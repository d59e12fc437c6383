// How GETFILE service begins and ends: any start order, signals with transfers under way, what a
// killed run has left, the same port again. The built programs.
#include "test/support/getfile_client.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(getfile_life)

namespace {

HttpServer getfile_server_of(PairOfPrograms& programs) {
    return server_in(programs.proxy()->standard_error(), "getfile://");
}

/// A client that has received the beginning of a body that no socket's buffers can hold.
struct Transfer {
    explicit Transfer(HttpServer server, const std::string& path = "/large")
        : connection([&] {
              server.receive_buffer_bytes = 4096;
              return HttpConnection(server);
          }()) {
        connection.send_bytes(getfile_request(path));
        begun = connection.receive_bytes();
    }
    /// The whole answer; ends the connection.
    std::string finish() {
        HttpConnection last = std::move(connection);
        return begun + receive_rest(last);
    }

    HttpConnection connection;
    std::string begun;
};

const std::string large(8 << 20, 'l');

}  // namespace

BOOST_AUTO_TEST_CASE(the_proxy_may_start_first_and_its_early_clients_are_answered) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_proxy({"--getfile=127.0.0.1:0"});
    const auto server = getfile_server_of(programs);
    HttpConnection early(server);
    early.send_bytes(getfile_request("/f"));
    HttpConnection early_and_wrong(server);
    early_and_wrong.send_bytes(getfile_request("/missing"));

    programs.start_daemon();

    BOOST_TEST(receive_all(early) == getfile_ok("one"));
    BOOST_TEST(receive_all(early_and_wrong) == getfile_not_found);
}

BOOST_AUTO_TEST_CASE(the_daemon_may_start_first) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy({"--getfile=127.0.0.1:0"});

    BOOST_TEST(getfile(getfile_server_of(programs), "/f") == getfile_ok("one"));
    BOOST_TEST(getfile(getfile_server_of(programs), "/missing") == getfile_not_found);
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_killed_and_comes_back_goes_on_with_the_latest) {
    PairOfPrograms programs;
    programs.tree().write("f", "one");
    programs.start_daemon();
    programs.start_proxy({"--getfile=127.0.0.1:0"});
    const auto server = getfile_server_of(programs);
    BOOST_TEST(getfile(server, "/f") == getfile_ok("one"));

    programs.daemon()->signal(SIGKILL);
    programs.daemon()->wait();
    BOOST_TEST(getfile(server, "/f") == getfile_ok("one"));
    programs.tree().replace("f", "two");
    programs.start_daemon();

    BOOST_TEST(poll_until([&] {
        return getfile(server, "/f") == getfile_ok("two");
    }));
}

BOOST_AUTO_TEST_CASE(a_signal_lets_transfers_under_way_end_and_leaves_no_object) {
    for (const int signal : {SIGINT, SIGTERM}) {
        Serving serving(
            Files{{"large", large}},
            {"--getfile=127.0.0.1:0", "--getfile-legacy=127.0.0.1:0"}
        );
        Transfer crlf(serving.server("getfile://"));
        Transfer legacy(serving.server("getfile-legacy://"));

        serving.process().signal(signal);

        BOOST_TEST((crlf.finish() == getfile_ok(large)));
        BOOST_TEST((legacy.finish() == legacy_ok(large)));
        BOOST_TEST((serving.process().wait() == 0), serving.process().standard_error());
        BOOST_TEST(serving.instance().objects().empty());
    }
}

BOOST_AUTO_TEST_CASE(a_second_signal_ends_transfers_that_never_would_and_leaves_no_object) {
    for (const int signal : {SIGINT, SIGTERM}) {
        Serving serving(Files{{"large", large}}, {"--getfile=127.0.0.1:0"});
        Transfer stuck(serving.server("getfile://"));

        serving.process().signal(signal);
        // Not before the first was taken: signals that wait are one.
        BOOST_TEST(poll_until([&] {
            try {
                HttpConnection probe(serving.server("getfile://"));
                return false;
            } catch (const std::system_error&) {
                return true;
            }
        }));
        serving.process().signal(signal);

        BOOST_TEST((serving.process().wait() == 0), serving.process().standard_error());
        BOOST_TEST(serving.instance().objects().empty());
        // Cut off, and nothing added.
        std::string rest;
        try {
            rest = receive_all(stuck.connection);
        } catch (const std::system_error&) {
        }
        BOOST_TEST(stuck.begun.size() + rest.size() < large.size());
    }
}

BOOST_AUTO_TEST_CASE(what_a_killed_run_left_does_not_stop_the_next_on_the_same_port) {
    const TemporaryDirectory tree;
    tree.write("f", "one");
    tree.write("large", large);
    const InstanceGuard instance;
    std::vector<std::string> arguments{
        "serve",
        tree.path(),
        "--listen=127.0.0.1:0",
        "--instance",
        instance.name(),
        "--getfile=127.0.0.1:0"};
    std::optional<ChildProcess> serve;
    serve.emplace(treecast_program, arguments);
    BOOST_TEST_REQUIRE(serve->wait_for_output("also on "));
    const auto server = server_in(serve->standard_output(), "getfile://");
    BOOST_TEST(getfile(server, "/f") == getfile_ok("one"));
    const Transfer under_way(server);
    serve->signal(SIGKILL);
    BOOST_TEST(serve->wait().value() == 128 + SIGKILL);
    BOOST_TEST(!instance.objects().empty());
    tree.replace("f", "two");

    arguments.back() = "--getfile=127.0.0.1:" + std::to_string(server.port);
    // Its children die with it, a moment later: until then the port is theirs.
    BOOST_TEST(poll_until([&] {
        serve.emplace(treecast_program, arguments);
        return serve->wait_for_output("also on ");
    }));

    // What it has adopted is served until its own scan has looked.
    ChildProcess sync(treecast_program, {"sync", "--instance", instance.name()});
    BOOST_TEST((sync.wait() == 0), sync.standard_error());
    BOOST_TEST(getfile(server, "/f") == getfile_ok("two"));
    BOOST_TEST((getfile(server, "/large") == getfile_ok(large)));
    // Connections of the run before, and of this one, do not hold the port.
    BOOST_TEST((serve->terminate() == 0));
    serve.emplace(treecast_program, arguments);
    BOOST_TEST(serve->wait_for_output("also on "), serve->standard_error());
    BOOST_TEST(getfile(server, "/f") == getfile_ok("two"));
    BOOST_TEST((serve->terminate() == 0));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_dies_comes_back_at_the_same_addresses) {
    Serving serving(Files{{"f", "one"}}, {"--getfile=127.0.0.1:0", "--getfile-legacy=[::1]:0"});
    const auto crlf = serving.server("getfile://");
    const auto legacy = serving.server("getfile-legacy://");
    const pid_t proxy = serving.child("treecast-proxy");
    BOOST_TEST_REQUIRE(proxy != 0);

    ::kill(proxy, SIGKILL);

    const auto answers = [](const HttpServer& server, const std::string& answer) {
        return poll_until([&] {
            try {
                return getfile(server, "/f") == answer;
            } catch (const std::system_error&) {
                return false;  // not started yet, or just killed
            }
        });
    };
    BOOST_TEST(answers(crlf, getfile_ok("one")));
    BOOST_TEST(answers(legacy, legacy_ok("one")));
}

BOOST_AUTO_TEST_SUITE_END()
