// Daemon and proxy as two users of one group, under umask 077, as the services run.
#include "test/support/needs.hpp"
#include "test/support/pair_of_programs.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(two_users)

namespace {

// Ids that no account of a test machine has.
constexpr uid_t daemon_user = 61'001;
constexpr uid_t proxy_user = 61'002;
constexpr gid_t shared_group = 61'003;

}  // namespace

BOOST_AUTO_TEST_CASE(
    the_proxy_user_serves_what_the_daemon_user_publishes,
    *needs(need::other_users())
) {
    const TemporaryDirectory tree;
    tree.write("f", "one");
    const std::string base = "/dev/shm/treecast-test-" + std::to_string(::getpid());
    BOOST_TEST_REQUIRE(::mkdir(base.c_str(), 0700) == 0);
    BOOST_TEST_REQUIRE(::chown(base.c_str(), daemon_user, shared_group) == 0);
    BOOST_TEST_REQUIRE(::chmod(base.c_str(), 02750) == 0);
    {
        const InstanceGuard instance(Leftovers::are_errors, daemon_user, base);
        const std::vector<std::string> common{"--instance", instance.name(), "--shm-dir", base};
        std::vector<std::string> daemon_arguments{"--root", tree.path()};
        daemon_arguments.insert(daemon_arguments.end(), common.begin(), common.end());
        std::vector<std::string> proxy_arguments{"--listen", "127.0.0.1:0"};
        proxy_arguments.insert(proxy_arguments.end(), common.begin(), common.end());
        ChildProcess daemon(
            daemon_program,
            daemon_arguments,
            {.user = daemon_user, .group = shared_group, .umask = 077}
        );
        ChildProcess proxy(
            proxy_program,
            proxy_arguments,
            {.user = proxy_user, .group = shared_group, .umask = 077}
        );
        BOOST_TEST_REQUIRE(proxy.wait_for_output("http://"), proxy.standard_error());
        const auto server = server_in(proxy.standard_error() + proxy.standard_output());
        BOOST_TEST(poll_until([&] {
            return http_get(server, "/readyz").status == 200;
        }));

        const auto first = http_get(server, "/v1/files/f");
        BOOST_TEST(first.body == "one");
        HttpConnection poll(server);
        poll.send_request("GET", "/v1/files/f?wait=60&after=" + first.header("Treecast-Version"));
        tree.write("f", "two");
        BOOST_TEST(poll.receive().body == "two");

        BOOST_TEST((proxy.terminate() == 0));
        BOOST_TEST((daemon.terminate() == 0));
        std::vector<std::string> clean_arguments{"clean"};
        clean_arguments.insert(clean_arguments.end(), common.begin(), common.end());
        ChildProcess clean(
            treecast_program,
            clean_arguments,
            {.user = daemon_user, .group = shared_group}
        );
        BOOST_TEST((clean.wait() == 0), clean.standard_error());
    }
    ::rmdir(base.c_str());
}

BOOST_AUTO_TEST_SUITE_END()
