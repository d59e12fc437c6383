// A slow disk under many clients: the waits overlap.
//
// Not by the clock: the file system lets no read go on before four of them wait at once. Loads
// that waited for one another would wait for ever.
#include "test/support/getfile_client.hpp"
#include "test/support/needs.hpp"
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>
#include <optional>

#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(getfile_slow_disk)

BOOST_AUTO_TEST_CASE(loads_for_many_clients_wait_together, *needs(need::fuse())) {
    const TemporaryDirectory tree;
    const TemporaryDirectory outside;
    const InstanceGuard instance;
    tree.write("f", "one");
    tree.write("slow/hidden by the mount", "");
    const std::string script =
        std::string(TREECAST_SLOW_FILESYSTEM) + " '" + (tree / "slow") + "' '" + (outside / "pid") +
        "' 4 & until mountpoint -q '" + (tree / "slow") + "'; do sleep 0.01; done; exec " +
        treecast_program + " serve '" + tree.path() +
        "' --listen 127.0.0.1:0 --getfile 127.0.0.1:0 --instance " + instance.name();
    ChildProcess serve("/usr/bin/unshare", {"-m", "--propagation", "private", "sh", "-c", script});
    BOOST_TEST_REQUIRE(serve.wait_for_output("also on "), serve.standard_error());
    const auto server = server_in(serve.standard_output(), "getfile://");
    pid_t filesystem = -1;
    std::ifstream(outside / "pid") >> filesystem;
    BOOST_TEST_REQUIRE(filesystem > 0);

    std::vector<HttpConnection> clients;
    const auto ask = [&](char name) {
        for (int i = 0; i < 100; ++i) {
            clients.emplace_back(server);
            clients.back().send_bytes(getfile_request(std::string("/slow/") + name));
        }
    };
    // However many ask for them, three files are three waits: nothing goes on, and nobody else is
    // kept waiting.
    for (const char name : {'a', 'b', 'c'})
        ask(name);
    BOOST_TEST(getfile(server, "/f") == getfile_ok("one"));
    BOOST_TEST(!clients.front().has_answer(std::chrono::milliseconds(200)));
    ask('d');

    for (std::size_t i = 0; i < clients.size(); ++i) {
        const std::string content(1000, static_cast<char>('a' + i / 100));
        BOOST_TEST(receive_all(clients[i]) == getfile_ok(content));
    }
    BOOST_TEST((serve.terminate() == 0), serve.standard_error());
    ::kill(filesystem, SIGTERM);
}

BOOST_AUTO_TEST_SUITE_END()
