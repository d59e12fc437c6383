// Listening sockets that the programs inherit from their supervisor.
#include "test/e2e/inherited_fixture.hpp"
#include "test/support/getfile_client.hpp"
#include "test/support/needs.hpp"
#include "test/support/processes.hpp"

#include <csignal>
#include <system_error>

#include <unistd.h>

BOOST_AUTO_TEST_SUITE(inherited_listeners)

using namespace treecast::test::inherited_cases;

namespace {

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_names_say_what_is_spoken_and_the_options_are_ignored) {
    const Socket http;
    const Socket file(Socket::Kind::unix_socket);
    const Socket getfile;
    const Socket legacy;
    const Socket unused;
    const auto port = std::to_string(unused.server().port);
    Activated programs({&http, &file, &getfile, &legacy}, "listen:x.socket:getfile:getfile-legacy");

    // The addresses of ignored options need not be free or permitted.
    programs.start_proxy({"--listen=127.0.0.1:" + port, "--listen=0.0.0.0:1", "--getfile=[::]:0"});
    BOOST_TEST_REQUIRE(programs.wait_until_ready());

    BOOST_TEST(http_get(http.server(), "/v1/files/f").body == "one");
    BOOST_TEST(http_get(file.server(), "/v1/files/f").body == "one");
    BOOST_TEST(test::getfile(getfile.server(), "/f") == getfile_ok("one"));
    BOOST_TEST(test::getfile(legacy.server(), "/f") == legacy_ok("one"));
    BOOST_TEST(holds(programs.log(), "ignored: --listen, --getfile\n"), programs.log());
    programs.stop_proxy();
    BOOST_TEST(::access(file.server().unix_path.c_str(), F_OK) == 0);
}

BOOST_AUTO_TEST_CASE(without_options_nothing_is_said_to_be_ignored) {
    const Socket socket;
    Activated programs({&socket});
    programs.start_proxy();
    BOOST_TEST(!holds(programs.log(), "ignored"), programs.log());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_served_on_is_refused) {
    const Socket listening;
    const UniqueFd unbound(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const struct {
        std::vector<int> inherited;
        std::string names;
        std::vector<std::string> reasons;
    } rows[] = {
        {{listening.fd()}, "listen-tls", {"3 ('listen-tls')", "TLS"}},
        {{listening.fd(), unbound.get()}, "listen:other", {"4 ('other')", "does not listen"}},
        {{listening.fd()}, "one:two", {"LISTEN_FDNAMES"}},
    };
    for (const auto& row : rows)
        for (const std::string& program : {proxy_program, treecast_program}) {
            const TemporaryDirectory tree;
            const InstanceGuard instance;
            std::vector<std::string> arguments{"--instance", instance.name()};
            if (program == treecast_program)
                arguments.insert(arguments.begin(), {"serve", tree.path()});
            ChildProcess child(
                program,
                arguments,
                {.inherited = row.inherited, .inherited_names = row.names}
            );
            BOOST_TEST((child.wait() == 3), row.names);
            for (const std::string& reason : row.reasons)
                BOOST_TEST(holds(child.standard_error(), reason), child.standard_error());
        }
}

BOOST_AUTO_TEST_CASE(sockets_that_are_meant_for_another_process_are_not_taken) {
    const InstanceGuard instance;
    ChildProcess proxy(
        proxy_program,
        {"--instance", instance.name(), "--listen=127.0.0.1:0"},
        {.environment = {{"LISTEN_FDS", "1"}, {"LISTEN_PID", "1"}}}
    );
    BOOST_TEST_REQUIRE(proxy.wait_for_output("listening on http"), proxy.standard_error());
    BOOST_TEST((proxy.terminate() == 0));
}

BOOST_AUTO_TEST_CASE(serve_gives_them_to_its_proxy_and_keeps_them_while_that_starts_again) {
    const Socket http;
    const Socket getfile;
    const TemporaryDirectory tree;
    tree.write("f", "one");
    const InstanceGuard instance;
    ChildProcess serve(
        treecast_program,
        {"serve", tree.path(), "--instance", instance.name()},
        {.inherited = {getfile.fd(), http.fd()}, .inherited_names = "getfile:web"}
    );
    BOOST_TEST_REQUIRE(serve.wait_for_output("also on "), serve.standard_error());
    const std::string port = std::to_string(http.server().port);
    BOOST_TEST(
        holds(serve.standard_output(), " on http://127.0.0.1:" + port + "/\n"),
        serve.standard_output()
    );

    for (int round = 0; round < 3; ++round) {
        const pid_t proxy = child_of(serve.pid(), "treecast-proxy");
        BOOST_TEST_REQUIRE(proxy > 0);
        ::kill(proxy, SIGKILL);
        BOOST_TEST(http_get(http.server(), "/v1/files/f").status != 0U);  // not refused
        BOOST_TEST(poll_until([&] {
            return http_get(http.server(), "/v1/files/f").body == "one";
        }));
        BOOST_TEST(test::getfile(getfile.server(), "/f") == getfile_ok("one"));
    }
    BOOST_TEST(!holds(serve.standard_error(), "ignored"), serve.standard_error());
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_CASE(
    systemd_starts_it_at_the_first_connection,
    *needs(need::program("systemd-socket-activate"))
) {
    const TemporaryDirectory tree;
    tree.write("f", "one");
    const InstanceGuard instance;
    const std::string socket = tree / ".socket";
    ChildProcess serve(
        "/usr/bin/systemd-socket-activate",
        {"--listen=" + socket,
         treecast_program,
         "serve",
         tree.path(),
         "--instance",
         instance.name()}
    );
    BOOST_TEST_REQUIRE(serve.wait_for_output("Listening on"), serve.standard_error());
    HttpServer server;
    server.unix_path = socket;
    BOOST_TEST(http_get(server, "/healthz").status == 200U);
    BOOST_TEST_REQUIRE(serve.wait_for_output("serving "), serve.standard_error());
    BOOST_TEST(http_get(server, "/v1/files/f").body == "one");
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
}

BOOST_AUTO_TEST_SUITE_END()
