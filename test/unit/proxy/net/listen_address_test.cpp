#include "proxy/net/listen_address.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(listen_address)

BOOST_AUTO_TEST_CASE(addresses_are_literals_with_a_port_or_unix_paths) {
    struct {
        const char* text;
        const char* url;
        bool is_local;
    } const cases[] = {
        {"127.0.0.1:8420", "http://127.0.0.1:8420/", true},
        {"127.8.8.8:0", "http://127.8.8.8:0/", true},
        {"localhost:80", "http://127.0.0.1:80/", true},
        {"0.0.0.0:80", "http://0.0.0.0:80/", false},
        {"10.0.0.1:80", "http://10.0.0.1:80/", false},
        {"[::1]:80", "http://[::1]:80/", true},
        {"[::]:80", "http://[::]:80/", false},
        {"[fe80::1]:65535", "http://[fe80::1]:65535/", false},
        {"unix:/run/x.sock", "unix:/run/x.sock", true},
    };
    for (const auto& each : cases) {
        const auto address = ListenAddress::parse(each.text);
        BOOST_TEST_REQUIRE(address.has_value(), each.text);
        BOOST_TEST(address->url(Protocol::http) == each.url);
        BOOST_TEST(address->is_local() == each.is_local, each.text);
    }
}

BOOST_AUTO_TEST_CASE(a_url_says_what_is_spoken) {
    const auto tcp = *ListenAddress::parse("[::1]:6200");
    const auto file = *ListenAddress::parse("unix:/x");
    BOOST_TEST(tcp.url(Protocol::getfile) == "getfile://[::1]:6200/");
    BOOST_TEST(tcp.url(Protocol::getfile_legacy) == "getfile-legacy://[::1]:6200/");
    BOOST_TEST(file.url(Protocol::getfile) == "getfile+unix:/x");
    BOOST_TEST(file.url(Protocol::getfile_legacy) == "getfile-legacy+unix:/x");
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused) {
    const std::string cases[] = {
        "",
        "8420",
        ":8420",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:80x",
        "127.0.0:80",
        "::1:80",
        "[::1]",
        "[::1:80",
        "example.org:80",
        "unix:",
        "unix:" + std::string(108, 'p'),
    };
    for (const std::string& text : cases)
        BOOST_TEST(!ListenAddress::parse(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
