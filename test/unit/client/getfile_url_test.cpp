#include "client/getfile_url.hpp"

#include <treecast/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(getfile_url)

BOOST_AUTO_TEST_CASE(a_url_says_dialect_server_and_path) {
    const auto crlf = GetfileDialect::crlf;
    const auto legacy = GetfileDialect::legacy;
    const struct {
        std::string text;
        GetfileDialect dialect;
        std::string host;
        std::uint16_t port;
        std::string path;
    } rows[] = {
        {"getfile://h:1/a", crlf, "h", 1, "/a"},
        {"getfile://h/a/b", crlf, "h", 6200, "/a/b"},
        {"getfile-legacy://127.0.0.1:65535/a", legacy, "127.0.0.1", 65535, "/a"},
        {"getfile-legacy://[::1]/a", legacy, "[::1]", 6200, "/a"},
        {"getfile://[::1]:7/a", crlf, "[::1]", 7, "/a"},
        {"getfile://h/a%20b", crlf, "h", 6200, "/a b"},
        {"getfile://h/a b", crlf, "h", 6200, "/a b"},
        {"getfile://h/a%3Fb%25", crlf, "h", 6200, "/a?b%"},
        {"getfile://h/%c3%a4%ff", crlf, "h", 6200, "/\xC3\xA4\xFF"},
        {"getfile://h/v1/files/a", crlf, "h", 6200, "/v1/files/a"},
        {"getfile://h/" + std::string(4095, 'p'), crlf, "h", 6200, '/' + std::string(4095, 'p')},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            BOOST_TEST(GetfileUrl::is_meant(row.text));
            const auto url = GetfileUrl::parse(row.text);
            BOOST_TEST((url.dialect == row.dialect));
            BOOST_TEST(url.host == row.host);
            BOOST_TEST(url.port == row.port);
            BOOST_TEST(url.path == row.path);
            BOOST_TEST(url.request() == "GETFILE GET " + row.path + "\r\n\r\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(other_schemes_are_not_meant) {
    for (const auto* const text : {"", "getfile", "getfile:/h/a", "http://h/a", "GETFILE://h/a"})
        BOOST_TEST(!GetfileUrl::is_meant(text), text);
}

BOOST_AUTO_TEST_CASE(what_names_no_file_is_a_usage_error_that_says_so) {
    const std::vector<std::string> texts{
        "getfile://",
        "getfile://h",
        "getfile://h/",
        "getfile:///a",
        "getfile://h:0/a",
        "getfile://h:99999/a",
        "getfile://h:x/a",
        "getfile://user@h/a",
        "getfile://h/a?x",
        "getfile://h/a#x",
        "getfile://h/a%2Fb",
        "getfile://h/a%00b",
        "getfile://h/a%0Db",
        "getfile://h/a%0Ab",
        "getfile://h/a%20",
        "getfile://h/%4",
        "getfile://h/" + std::string(4096, 'p'),
    };
    for (const auto& text : texts) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_EXCEPTION(GetfileUrl::parse(text), StartupError, [&](const auto& error) {
                return error.code() == ExitCode::usage &&
                       std::string(error.what()).find(text.substr(0, 40)) != std::string::npos;
            });
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
