#include "client/getfile/getfile_url.hpp"

#include "base/error.hpp"

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
        std::string host;
        std::string path;
        std::uint16_t port;
        GetfileDialect dialect;
    } rows[] = {
        {"getfile://h:1/a", "h", "/a", 1, crlf},
        {"getfile://h/a/b", "h", "/a/b", 6200, crlf},
        {"getfile-legacy://127.0.0.1:65535/a", "127.0.0.1", "/a", 65535, legacy},
        {"getfile-legacy://[::1]/a", "[::1]", "/a", 6200, legacy},
        {"getfile://[::1]:7/a", "[::1]", "/a", 7, crlf},
        {"getfile://h/a%20b", "h", "/a b", 6200, crlf},
        {"GETFILE://h/A", "h", "/A", 6200, crlf},
        {"GetFile-Legacy://h/a", "h", "/a", 6200, legacy},
        {"getfile://h/a%20", "h", "/a ", 6200, crlf},
        {"getfile://h/a b", "h", "/a b", 6200, crlf},
        {"getfile://h/a%3Fb%25", "h", "/a?b%", 6200, crlf},
        {"getfile://h/%c3%a4%ff", "h", "/\xC3\xA4\xFF", 6200, crlf},
        {"getfile://h/v1/files/a", "h", "/v1/files/a", 6200, crlf},
        {"getfile://h/" + std::string(4095, 'p'), "h", '/' + std::string(4095, 'p'), 6200, crlf},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            BOOST_TEST(GetfileUrl::is_meant(row.text));
            const auto url = GetfileUrl::parse(row.text);
            BOOST_TEST((url.dialect == row.dialect));
            BOOST_TEST(url.host == row.host);
            BOOST_TEST(url.port == row.port);
            BOOST_TEST(url.path == row.path);
            // One blank at the end of a request is no part of its path.
            const std::string blank = row.path.ends_with(' ') ? " " : "";
            BOOST_TEST(url.request() == "GETFILE GET " + row.path + blank + "\r\n\r\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(other_schemes_are_not_meant) {
    for (const auto* const text : {"", "getfile", "getfile:/h/a", "http://h/a", "GETFILE:/h/a"})
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
