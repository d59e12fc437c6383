#include "client/processes/serve_options.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

using namespace treecast;
using namespace treecast::client;
using treecast::test::TemporaryDirectory;

BOOST_AUTO_TEST_SUITE(serve_options)

namespace {

ServePlan plan(const Arguments& arguments) {
    const OptionParser parser({daemon_options(), proxy_options(), general_options()}, {}, 1);
    return plan_serve(parser.parse(arguments));
}

bool holds(const Arguments& arguments, const std::string& argument) {
    return std::ranges::count(arguments, argument) == 1;
}

ExitCode refusal_of(const Arguments& arguments) {
    try {
        static_cast<void>(plan(arguments));
    } catch (const StartupError& error) {
        return error.code();
    }
    return ExitCode::ok;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_child_gets_its_own_options) {
    const TemporaryDirectory root;

    const auto made = plan(
        {root.path(),
         "--memory-limit",
         "1M",
         "--ignore=*.tmp",
         "--ignore=a b",
         "--hidden",
         "--workers=2",
         "--mime=*.x=a/b",
         "--mime=*.y=c/d; e=f",
         "--allow-anonymous",
         "--log-level=debug"}
    );

    for (const auto* const argument :
         {"--memory-limit=1M", "--ignore=*.tmp", "--ignore=a b", "--hidden", "--log-level=debug"})
        BOOST_TEST(holds(made.daemon, argument));
    for (const auto* const argument :
         {"--workers=2",
          "--mime=*.x=a/b",
          "--mime=*.y=c/d; e=f",
          "--allow-anonymous",
          "--log-level=debug"})
        BOOST_TEST(holds(made.proxy, argument));
    BOOST_TEST(made.daemon.size() == 8U);
    BOOST_TEST(made.proxy.size() == 7U);
    BOOST_TEST(holds(made.daemon, "--root=" + root.path()));
    BOOST_TEST(made.listen.empty());
}

BOOST_AUTO_TEST_CASE(both_children_get_the_same_instance_and_base) {
    const TemporaryDirectory root;
    const auto derived = InstanceName::of_root(root.path(), ::geteuid());

    const auto by_root = plan({"--root", root.path()});
    const auto by_name = plan({root.path(), "--instance=x", "--shm-dir=/dev/shm/y"});

    for (const auto* const arguments : {&by_root.daemon, &by_root.proxy}) {
        BOOST_TEST(holds(*arguments, "--instance=" + derived->text()));
        BOOST_TEST(holds(*arguments, "--shm-dir=" + private_object_base(::geteuid())));
    }
    for (const auto* const arguments : {&by_name.daemon, &by_name.proxy}) {
        BOOST_TEST(holds(*arguments, "--instance=x"));
        BOOST_TEST(holds(*arguments, "--shm-dir=/dev/shm/y"));
    }
    BOOST_TEST(by_name.instance.base == "/dev/shm/y");
}

BOOST_AUTO_TEST_CASE(addresses_are_kept_apart) {
    const TemporaryDirectory root;

    const auto made = plan(
        {root.path(),
         "--listen=127.0.0.1:0",
         "--listen=unix:/x",
         "--getfile=127.0.0.1:6200",
         "--getfile-legacy=unix:/y"}
    );

    BOOST_TEST(made.listen.size() == 4U);
    for (const auto* const argument :
         {"--listen=127.0.0.1:0",
          "--listen=unix:/x",
          "--getfile=127.0.0.1:6200",
          "--getfile-legacy=unix:/y"})
        BOOST_TEST(holds(made.listen, argument));
    BOOST_TEST(made.proxy.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_is_started_again_opens_the_listeners_that_were_printed) {
    const TemporaryDirectory root;
    const auto made = plan({root.path(), "--listen=127.0.0.1:0", "--getfile=127.0.0.1:0"});

    const auto first = proxy_arguments(made, {});
    const auto again = proxy_arguments(made, {"http://127.0.0.1:81/", "getfile://127.0.0.1:82/"});

    for (const auto* const argument : {"--listen=127.0.0.1:0", "--getfile=127.0.0.1:0"}) {
        BOOST_TEST(holds(first, argument));
        BOOST_TEST(!holds(again, argument));
    }
    for (const auto* const argument : {"--listen=127.0.0.1:81", "--getfile=127.0.0.1:82"})
        BOOST_TEST(holds(again, argument));
    for (const auto& argument : made.proxy)
        BOOST_TEST((holds(first, argument) && holds(again, argument)), argument);
}

BOOST_AUTO_TEST_CASE(variables_are_left_to_the_children) {
    const TemporaryDirectory root;
    ::setenv("TREECAST_MAX_WAIT", "nonsense", 1);
    ::setenv("TREECAST_LISTEN", "127.0.0.1:0", 1);

    const auto made = plan({root.path()});

    ::unsetenv("TREECAST_MAX_WAIT");
    ::unsetenv("TREECAST_LISTEN");
    BOOST_TEST(made.listen.empty());
    BOOST_TEST(made.proxy.size() == 3U);
}

BOOST_AUTO_TEST_CASE(bad_command_lines_are_refused) {
    const TemporaryDirectory root;
    BOOST_CHECK(refusal_of({}) == ExitCode::usage);
    BOOST_CHECK(refusal_of({root.path(), "--root", root.path()}) == ExitCode::usage);
    BOOST_CHECK(refusal_of({root.path(), "--instance", "a/b"}) == ExitCode::usage);
    BOOST_CHECK(refusal_of({root / "missing"}) == ExitCode::configuration);
}

BOOST_AUTO_TEST_SUITE_END()
