#include "client/http/tree_url.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace treecast;
using namespace treecast::client;
using Kind = TreeUrl::Kind;

BOOST_AUTO_TEST_SUITE(tree_url)

BOOST_AUTO_TEST_CASE(every_way_to_write_it_gives_one_feed) {
    struct Row {
        const char* text;
        Kind kind;
        const char* names;
        const char* changes_url;
    };
    const std::array rows{
        Row{"http://h:1", Kind::directory, "", "http://h:1/v1/changes"},
        Row{"http://h:1/", Kind::directory, "", "http://h:1/v1/changes"},
        Row{"http://h:1/v1/files/", Kind::directory, "", "http://h:1/v1/changes"},
        Row{"http://h/d/", Kind::directory, "d", "http://h/v1/changes?prefix=d/"},
        Row{"https://h/v1/files/d/e/", Kind::directory, "d/e", "https://h/v1/changes?prefix=d/e/"},
        Row{"http://h/a&b+/", Kind::directory, "a&b+", "http://h/v1/changes?prefix=a%26b%2B/"},
        Row{"http://h/d", Kind::file, "d", "http://h/v1/changes?path=d&prefix=d/"},
        Row{"http://h/a%2Ab", Kind::file, "a*b", "http://h/v1/changes?path=a%2Ab&prefix=a%2Ab/"},
        Row{"http://h/a%5b%3Fb/", Kind::directory, "a[?b", "http://h/v1/changes?prefix=a%5B%3Fb/"},
        Row{"http://h/a\\b", Kind::file, "a\\b", "http://h/v1/changes?path=a%5Cb&prefix=a%5Cb/"},
        Row{"http://h/**", Kind::glob, "**", "http://h/v1/changes?glob=%2A%2A"},
        Row{"http://h/v1/files/d/*.json",
            Kind::glob,
            "d/*.json",
            "http://h/v1/changes?glob=d/%2A.json"},
        Row{"http://h/a?c", Kind::glob, "a?c", "http://h/v1/changes?glob=a%3Fc"},
        Row{"http://h/[a-c]", Kind::glob, "[a-c]", "http://h/v1/changes?glob=%5Ba-c%5D"},
        Row{"http://[::1]:80/[a]", Kind::glob, "[a]", "http://[::1]:80/v1/changes?glob=%5Ba%5D"},
        Row{"http://h/*%20\xC3\xA4",
            Kind::glob,
            "* \xC3\xA4",
            "http://h/v1/changes?glob=%2A%20%C3%A4"},
        Row{"http://h/*%C3%A4", Kind::glob, "*\xC3\xA4", "http://h/v1/changes?glob=%2A%C3%A4"},
        Row{"http://h/%2A*", Kind::glob, "\\**", "http://h/v1/changes?glob=%5C%2A%2A"},
        Row{"http://h/*\\*", Kind::glob, "*\\*", "http://h/v1/changes?glob=%2A%5C%2A"},
        Row{"http://h/*\\%2A", Kind::glob, "*\\*", "http://h/v1/changes?glob=%2A%5C%2A"},
        Row{"http://h/*%5C", Kind::glob, "*\\\\", "http://h/v1/changes?glob=%2A%5C%5C"},
        Row{"http://h/[%5D%2D%21]",
            Kind::glob,
            "[\\]\\-\\!]",
            "http://h/v1/changes?glob=%5B%5C%5D%5C-%5C%21%5D"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            const auto url = TreeUrl::parse(row.text);
            BOOST_TEST((url.kind() == row.kind));
            BOOST_TEST(url.text() == row.names);
            BOOST_TEST(url.changes_url() == row.changes_url);
            const std::string names(row.names);
            BOOST_TEST(url.is_root() == (row.kind == Kind::directory && names.empty()));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_names_nothing_is_a_usage_error_that_says_so) {
    const std::array<const char*, 17> texts{
        "",
        "h:1/*",
        "ftp://h/*",
        "http:///*",
        "http://u@h/*",
        "http://h?x",
        "http://h/*#b",
        "http://h/a#b",
        "http://h/[a",
        "http://h/a**",
        "http://h/*/",
        "http://h//*",
        "http://h/*/../a",
        "http://h/*%2Fa",
        "http://h/*%zz",
        "http://h/*%00",
        "http://h/../",
    };
    for (const auto* const text : texts) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_EXCEPTION(TreeUrl::parse(text), StartupError, [&](const auto& error) {
                return error.code() == ExitCode::usage &&
                       std::string(error.what()).find(text) != std::string::npos;
            });
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
