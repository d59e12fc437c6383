#include "client/processes/ready_report.hpp"

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
    const struct {
        const char* listener;
        const char* argument;
        bool is_http;
    } rows[] = {
        {"http://127.0.0.1:34567/", "--listen=127.0.0.1:34567", true},
        {"http://[::1]:80/", "--listen=[::1]:80", true},
        {"unix:/run/a/b", "--listen=unix:/run/a/b", true},
        {"getfile://127.0.0.1:6200/", "--getfile=127.0.0.1:6200", false},
        {"getfile://[::1]:6200/", "--getfile=[::1]:6200", false},
        {"getfile+unix:/run/a/b", "--getfile=unix:/run/a/b", false},
        {"getfile-legacy://127.0.0.1:1/", "--getfile-legacy=127.0.0.1:1", false},
        {"getfile-legacy+unix:/x", "--getfile-legacy=unix:/x", false},
    };
    for (const auto& row : rows) {
        BOOST_TEST(listen_argument(row.listener) == row.argument);
        BOOST_TEST(is_http(row.listener) == row.is_http, row.listener);
    }
}

BOOST_AUTO_TEST_CASE(the_first_line_names_the_listeners_of_http) {
    BOOST_TEST(
        ready_text("/srv/a\nb", {"http://[::1]:80/", "getfile://[::1]:81/", "unix:/x"}) ==
        "serving /srv/a\\x0ab on http://[::1]:80/, unix:/x\nalso on getfile://[::1]:81/\n"
    );
}

BOOST_AUTO_TEST_SUITE_END()
