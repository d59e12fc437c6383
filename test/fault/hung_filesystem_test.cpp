// A filesystem mounted below the root stops answering: its files wait, all others do not.
//
// The mount is in a namespace of the test's own.
#include "test/support/needs.hpp"
#include "test/support/processes.hpp"
#include "test/support/serving_beside_fuse.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(hung_filesystem)

namespace {

/// serve on a tree whose directory `slow` is on a filesystem that can be stopped.
struct Fixture : ServingBesideFuse {
    Fixture() {
        tree.write("f", "one");
        tree.write("slow/hidden by the mount", "");
        start(TREECAST_SLOW_FILESYSTEM, tree / "slow", {}, "--load-timeout 1");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(one_file_that_hangs_delays_no_other, Fixture, *needs(need::fuse())) {
    BOOST_TEST(get("slow/a").body == std::string(1000, 'a'));
    const auto version = get("f").header("Treecast-Version");

    BOOST_TEST_REQUIRE(stop_process(filesystem));
    // More than the pool has threads at first.
    std::vector<HttpConnection> hanging;
    for (const char* path : {"slow/b", "slow/c", "slow/d", "slow/e", "slow/f", "slow/g"}) {
        hanging.emplace_back(server);
        hanging.back().send_request("GET", "/v1/files/" + std::string(path));
    }
    HttpConnection poll(server);
    poll.send_request("GET", "/v1/files/f?wait=60&after=" + version);
    tree.replace("f", "two");
    BOOST_TEST(poll.receive(5s).body == "two");
    const std::string large(1 << 20, 'l');  // needs the pool too
    tree.replace("large", large);
    BOOST_TEST(poll_until([&] {
        return get("large").body == large;
    }));
    BOOST_TEST(get("slow/a").body == std::string(1000, 'a'));  // resident
    for (auto& connection : hanging) {
        const auto response = connection.receive();
        BOOST_TEST(response.status == 503);
        BOOST_TEST(response.has_header("Retry-After"));
    }
    BOOST_TEST(!get("f").has_header("Treecast-Stale"));

    ::kill(filesystem, SIGCONT);

    BOOST_TEST(poll_until([&] {
        return get("slow/b").body == std::string(1000, 'b');
    }));
}

BOOST_FIXTURE_TEST_CASE(the_daemon_ends_although_a_load_hangs, Fixture, *needs(need::fuse())) {
    BOOST_TEST_REQUIRE(stop_process(filesystem));
    HttpConnection hanging(server);
    hanging.send_request("GET", "/v1/files/slow/b");
    BOOST_TEST(hanging.receive().status == 503);

    // The process cannot be gone before the kernel lets its thread go; its objects can.
    serve->signal(SIGTERM);
    ::kill(filesystem, SIGCONT);

    BOOST_TEST((serve->wait() == 0));
}

BOOST_AUTO_TEST_SUITE_END()
