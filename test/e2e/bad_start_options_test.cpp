#include "test/e2e/bad_start_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(bad_start)

using namespace treecast::test::bad_start_cases;

BOOST_AUTO_TEST_CASE(a_root_that_cannot_be_served_is_named) {
    const TemporaryDirectory tree;
    tree.write("file", "x");
    for (const std::string& root : {tree / "missing", tree / "file"}) {
        expect_refusal(daemon_program, {"--root", root}, 3, root);
        const InstanceGuard instance;
        ChildProcess serve(
            treecast_program,
            {"serve", root, "--listen", "127.0.0.1:0", "--instance", instance.name()}
        );
        BOOST_TEST((serve.wait() == 3));
        BOOST_TEST(
            (serve.standard_error().find(root) != std::string::npos),
            serve.standard_error()
        );
    }
}

BOOST_AUTO_TEST_CASE(options_that_are_not_understood_are_named) {
    const TemporaryDirectory tree;
    struct Row {
        std::string program;
        std::vector<std::string> arguments;
        std::string named;
    };
    const std::vector<Row> rows{
        {daemon_program, {}, "--root"},
        {daemon_program, {"--root", tree.path(), "--no-such"}, "no-such"},
        {daemon_program, {"--root", tree.path(), "--memory-limit", "lots"}, "lots"},
        {daemon_program, {"--root", tree.path(), "--max-workers", "0"}, "--max-workers"},
        {daemon_program, {"--root", tree.path(), "--instance", "a/b"}, "a/b"},
        {daemon_program, {"--root", tree.path(), "--delete-grace", "-1"}, "-1"},
        {daemon_program, {"--root", tree.path(), "--log-level", "loud"}, "loud"},
        {proxy_program, {}, "--instance"},
        {proxy_program, {"--instance", "x", "--workers", "many"}, "many"},
        {proxy_program, {"--instance", "x", "--max-wait", "1h"}, "1h"},
        {proxy_program, {"--instance", "x", "--listen", "nowhere"}, "nowhere"},
        {proxy_program, {"--instance", "x", "--listen", "127.0.0.1:99999"}, "99999"},
        {proxy_program, {"--instance", "x", "--mime", "*.x"}, "--mime: '*.x'"},
    };
    for (const Row& row : rows)
        expect_refusal(row.program, row.arguments, 2, row.named);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_named_even_if_its_owner_would_share_it) {
    const TemporaryDirectory tree;
    for (const bool reuse_port : {false, true}) {
        const OtherServer other(reuse_port);
        const std::string address = "127.0.0.1:" + other.port;
        expect_refusal(proxy_program, {"--instance", "x", "--listen", address}, 3, address);

        const InstanceGuard instance;
        ChildProcess serve(
            treecast_program,
            {"serve", tree.path(), "--listen", address, "--instance", instance.name()}
        );
        BOOST_TEST((serve.wait() == 3), serve.standard_error());
        BOOST_TEST(
            (serve.standard_error().find(address) != std::string::npos),
            serve.standard_error()
        );
    }
}

BOOST_AUTO_TEST_CASE(an_address_beyond_loopback_needs_consent) {
    expect_refusal(
        proxy_program,
        {"--instance", "x", "--listen", "0.0.0.0:0"},
        3,
        "--allow-anonymous"
    );
    expect_refusal(
        proxy_program,
        {"--instance", "x", "--listen", "[::]:0"},
        3,
        "--allow-anonymous"
    );
}

BOOST_AUTO_TEST_SUITE_END()
