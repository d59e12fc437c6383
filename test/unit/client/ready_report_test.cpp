#include "client/ready_report.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(ready_report)

BOOST_AUTO_TEST_CASE(listeners_come_line_by_line_and_an_empty_line_makes_ready) {
    ReadyReport report;

    for (const char byte : std::string("http://127.0.0.1:34567/\nunix:/run/x y\n"))
        report.append({&byte, 1});

    BOOST_TEST(!report.ready());
    report.append("\nignored");
    BOOST_TEST(report.ready());
    BOOST_REQUIRE(report.listeners().size() == 2U);
    BOOST_TEST(report.listeners()[0] == "http://127.0.0.1:34567/");
    BOOST_TEST(report.listeners()[1] == "unix:/run/x y");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_cut_is_no_listener) {
    ReadyReport report;

    report.append("http://127.0.0.1:3456");

    BOOST_TEST(!report.ready());
    BOOST_TEST(report.listeners().empty());
}

BOOST_AUTO_TEST_CASE(a_listener_is_had_again_by_its_option) {
    BOOST_TEST(listen_option("http://127.0.0.1:34567/") == "127.0.0.1:34567");
    BOOST_TEST(listen_option("http://[::1]:80/") == "[::1]:80");
    BOOST_TEST(listen_option("unix:/run/a/b") == "unix:/run/a/b");
}

BOOST_AUTO_TEST_SUITE_END()
