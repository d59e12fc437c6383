// Daemon and proxy in different namespaces, as in two containers: what is not shared is said.
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(namespaces)

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

struct Pair : PairOfPrograms {
    /// The proxy, started by `command`, which gets the program and its options.
    void start_proxy_by(std::vector<std::string> command, const std::vector<std::string>& options) {
        const std::string program = command.front();
        command.erase(command.begin());
        const std::vector<std::string> own{
            proxy_program,
            "--listen",
            "127.0.0.1:0",
            "--instance",
            instance().name(),
            "--shm-dir",
            instance().base()};
        command.insert(command.end(), own.begin(), own.end());
        command.insert(command.end(), options.begin(), options.end());
        proxy().emplace(program, command);
        BOOST_TEST_REQUIRE(proxy()->wait_for_output("http://"), proxy()->standard_error());
        elsewhere = server_in(proxy()->standard_error());
    }
    HttpServer elsewhere{};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(
    queues_that_are_not_shared_make_a_proxy_unready_and_are_named_once,
    Pair,
    *needs(need::ipc_namespaces())
) {
    tree().write("f", "content");
    start_daemon();
    start_proxy_by({"/usr/bin/unshare", "-i"}, {"--workers", "2", "--load-timeout", "100ms"});
    BOOST_TEST_REQUIRE(proxy()->wait_for_output("IPC namespace"), proxy()->standard_error());

    BOOST_TEST(poll_until([&] {
        return http_get(elsewhere, "/readyz").body.find("IPC namespace") != std::string::npos;
    }));
    // Each worker finds the catalog by itself; any of them may get the next request.
    BOOST_TEST_REQUIRE(poll_until([&] {
        return http_get(elsewhere, "/v1/status").body.find("\"workers_attached\":2") !=
               std::string::npos;
    }));
    const auto ready = http_get(elsewhere, "/readyz");
    const auto file = http_get(elsewhere, "/v1/files/f");

    BOOST_TEST(ready.status == 503U);
    BOOST_TEST((ready.body.find("\"reason\":\"the daemon of instance ") != std::string::npos));
    BOOST_TEST(file.status == 503U);
    BOOST_TEST((file.body.find("/readyz") != std::string::npos), file.body);
    const std::string log = proxy()->standard_error();
    BOOST_TEST(count(log, "message queues") == 1U, log);
    BOOST_TEST(count(log, "has no queue pair") == 0U, log);
}

BOOST_FIXTURE_TEST_CASE(
    a_proxy_that_comes_first_waits_in_its_own_namespace_too,
    Pair,
    *needs(need::ipc_namespaces())
) {
    tree().write("f", "content");
    start_proxy_by({"/usr/bin/unshare", "-i"}, {});
    const auto early = http_get(elsewhere, "/readyz");
    BOOST_TEST(early.status == 503U);
    BOOST_TEST((early.body.find("no daemon of instance") != std::string::npos), early.body);

    start_daemon();

    BOOST_TEST(proxy()->wait_for_output("IPC namespace"), proxy()->standard_error());
    BOOST_TEST(http_get(elsewhere, "/readyz").status == 503U);
}

BOOST_FIXTURE_TEST_CASE(
    other_namespaces_need_not_be_shared,
    Pair,
    *needs(need::ipc_namespaces(), need::mounts())
) {
    tree().write("f", "content");
    start_daemon();
    start_proxy_by({"/usr/bin/unshare", "-m", "-u", "-p", "--fork", "--kill-child"}, {});

    BOOST_TEST(poll_until([&] {
        return http_get(elsewhere, "/readyz").status == 200;
    }));
    BOOST_TEST(http_get(elsewhere, "/v1/files/f").body == "content");
    daemon()->signal(SIGKILL);
    BOOST_TEST(poll_until([&] {
        return http_get(elsewhere, "/v1/files/f").has_header("Treecast-Stale");
    }));
}

BOOST_AUTO_TEST_SUITE_END()
