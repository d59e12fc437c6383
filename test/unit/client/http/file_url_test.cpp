#include "client/http/file_url.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(file_url)

BOOST_AUTO_TEST_CASE(every_way_to_write_a_file_gives_one_request) {
    struct Row {
        const char* text;
        const char* path;
        const char* request;
    };
    const std::array rows{
        Row{"http://h:8420/a/b", "a/b", "http://h:8420/v1/files/a/b"},
        Row{"http://h:8420/v1/files/a/b", "a/b", "http://h:8420/v1/files/a/b"},
        Row{"http://h:8420/v1/files/v1/files/a", "v1/files/a", "http://h:8420/v1/files/v1/files/a"},
        Row{"http://h:8420/v1/filesystem", "v1/filesystem", "http://h:8420/v1/files/v1/filesystem"},
        Row{"http://h/a", "a", "http://h/v1/files/a"},
        Row{"https://h/a", "a", "https://h/v1/files/a"},
        Row{"HTTP://h/A", "A", "http://h/v1/files/A"},
        Row{"hTTpS://h/a", "a", "https://h/v1/files/a"},
        Row{"http://[::1]:80/a", "a", "http://[::1]:80/v1/files/a"},
        Row{"http://h/a%20b", "a b", "http://h/v1/files/a%20b"},
        Row{"http://h/a b", "a b", "http://h/v1/files/a%20b"},
        Row{"http://h/a+b", "a+b", "http://h/v1/files/a%2Bb"},
        Row{"http://h/%41", "A", "http://h/v1/files/A"},
        Row{"http://h/50%25", "50%", "http://h/v1/files/50%25"},
        Row{"http://h/what%3F%23", "what?#", "http://h/v1/files/what%3F%23"},
        Row{"http://h/\xC3\xA4", "\xC3\xA4", "http://h/v1/files/%C3%A4"},
        Row{"http://h/%c3%a4", "\xC3\xA4", "http://h/v1/files/%C3%A4"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            const auto url = FileUrl::parse_file(row.text);
            BOOST_TEST(url.path() == row.path);
            BOOST_TEST(url.request_url() == row.request);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_trailing_slash_or_no_path_names_a_tree) {
    struct Row {
        const char* text;
        const char* path;
    };
    const std::array rows{
        Row{"http://h:1", ""},
        Row{"http://h:1/", ""},
        Row{"http://h:1/v1/files", ""},
        Row{"http://h:1/v1/files/", ""},
        Row{"http://h:1/a/b/", "a/b"},
        Row{"http://h:1/v1/files/a/", "a"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            const auto url = FileUrl::parse(row.text);
            BOOST_TEST(url.names_tree());
            BOOST_TEST(url.path() == row.path);
            BOOST_CHECK_THROW(FileUrl::parse_file(row.text), StartupError);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_names_no_file_is_a_usage_error_that_says_so) {
    const std::array<const char*, 24> texts{
        "",
        "h:8420/a",
        "ftp://h/a",
        "http://",
        "http:///a",
        "http://:80/a",
        "http://h:0/a",
        "http://h:99999/a",
        "http://h:x/a",
        "http://user@h/a",
        "http://h h/a",
        "http://h/a?after=1",
        "http://h/a#b",
        "http://h?x",
        "http://h//a",
        "http://h/a//b",
        "http://h/../a",
        "http://h/a/%2e%2e/b",
        "http://h/a%2Fb",
        "http://h/a%00b",
        "http://h/%",
        "http://h/%4",
        "http://h/%zz",
        "http://h/%ff",
    };
    for (const auto* const text : texts) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_EXCEPTION(FileUrl::parse_file(text), StartupError, [&](const auto& error) {
                return error.code() == ExitCode::usage &&
                       std::string(error.what()).find(text) != std::string::npos;
            });
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
