#include "base/tree_path.hpp"

#include <treecast/limits.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace treecast;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(tree_path)

namespace {

/// A path of `bytes` bytes with components of at most 255.
std::string path_of(std::size_t bytes) {
    std::string path;
    while (path.size() < bytes)
        path += (path.size() + 1) % 201 == 0 ? '/' : 'a';
    if (path.back() == '/')
        path.back() = 'a';
    return path;
}

}  // namespace

BOOST_AUTO_TEST_CASE(utf8_is_told_from_other_bytes) {
    const std::string_view valid[] = {
        ""sv,
        "plain"sv,
        "\x00"sv,
        "\x7F"sv,
        "\xC2\x80"sv,
        "\xDF\xBF"sv,
        "\xE0\xA0\x80"sv,
        "\xED\x9F\xBF"sv,
        "\xEE\x80\x80"sv,
        "\xEF\xBF\xBF"sv,
        "\xF0\x90\x80\x80"sv,
        "\xF4\x8F\xBF\xBF"sv,
        "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x8C\xB3"sv,
    };
    for (const std::string_view text : valid)
        BOOST_TEST(is_utf8(text), text);

    const std::string_view invalid[] = {
        "\x80"sv,              // a continuation alone
        "\xBF"sv,              //
        "\xC2"sv,              // cut short
        "\xE2\x82"sv,          //
        "\xF0\x9F\x8C"sv,      //
        "\xC2\x41"sv,          // continued by something else
        "\xE2\x82\x41"sv,      //
        "\xC0\xAF"sv,          // overlong
        "\xC1\xBF"sv,          //
        "\xE0\x9F\xBF"sv,      //
        "\xF0\x8F\xBF\xBF"sv,  //
        "\xED\xA0\x80"sv,      // surrogates
        "\xED\xBF\xBF"sv,      //
        "\xF4\x90\x80\x80"sv,  // beyond U+10FFFF
        "\xF5\x80\x80\x80"sv,  //
        "\xFE"sv,              // never a byte of UTF-8
        "\xFF"sv,              //
        "ok\xFF"sv,            //
    };
    for (const std::string_view text : invalid)
        BOOST_TEST(!is_utf8(text), text);
}

BOOST_AUTO_TEST_CASE(names_and_paths_are_judged) {
    const std::string longest_name(name_bytes_max, 'n');
    const std::string_view valid[] = {
        "a",
        "a/b/c",
        ".hidden",
        "...",
        "..a/b..",
        " ",
        "a b\n%2F\\",
        "caf\xC3\xA9/\xF0\x9F\x8C\xB3",
        longest_name,
    };
    for (const std::string_view path : valid) {
        BOOST_TEST(is_valid_path(path), path);
        BOOST_TEST(is_valid_name(path) == (path.find('/') == path.npos), path);
    }

    const std::string too_long_a_name(name_bytes_max + 1, 'n');
    const std::string too_long_inside = "a/" + too_long_a_name + "/b";
    const std::string_view invalid[] = {
        ""sv,
        "/"sv,
        "/a"sv,
        "a/"sv,
        "a//b"sv,
        "."sv,
        ".."sv,
        "./a"sv,
        "a/."sv,
        "a/./b"sv,
        "../a"sv,
        "a/.."sv,
        "a/../b"sv,
        "a\0b"sv,
        "\0"sv,
        "a/\xFF"sv,
        too_long_a_name,
        too_long_inside,
    };
    for (const std::string_view path : invalid) {
        BOOST_TEST(!is_valid_path(path), path);
        BOOST_TEST(!is_valid_name(path), path);
    }
}

BOOST_AUTO_TEST_CASE(path_is_shorter_than_path_max) {
    BOOST_TEST(is_valid_path(path_of(path_bytes_max - 1)));
    BOOST_TEST(!is_valid_path(path_of(path_bytes_max)));
}

BOOST_AUTO_TEST_CASE(parent_and_name_are_joined_again) {
    struct Row {
        std::string_view path, parent, name;
    };
    const Row rows[] = {{"a", "", "a"}, {"a/b", "a", "b"}, {"a/b/c", "a/b", "c"}};

    for (const Row& row : rows) {
        BOOST_TEST(parent_of(row.path) == row.parent);
        BOOST_TEST(name_of(row.path) == row.name);
        BOOST_TEST(join(row.parent, row.name) == row.path);
    }
}

BOOST_AUTO_TEST_CASE(what_lies_below_a_directory_begins_with_it_and_a_slash) {
    BOOST_TEST(lies_below("a", ""));
    BOOST_TEST(lies_below("a/b", ""));
    BOOST_TEST(lies_below("a/b", "a"));
    BOOST_TEST(lies_below("a/b/c", "a"));
    BOOST_TEST(lies_below("a/b/c", "a/b"));
    BOOST_TEST(!lies_below("a", "a"));
    BOOST_TEST(!lies_below("ab", "a"));
    BOOST_TEST(!lies_below("ab/c", "a"));
    BOOST_TEST(!lies_below("a", "a/b"));
    BOOST_TEST(!lies_below("b/a", "a"));
}

BOOST_AUTO_TEST_CASE(only_unreserved_characters_and_slashes_stay_in_a_url) {
    BOOST_TEST(percent_encode("") == "");
    BOOST_TEST(percent_encode("aZ09-._~/b") == "aZ09-._~/b");
    BOOST_TEST(percent_encode("a b+c%2F?#&=") == "a%20b%2Bc%252F%3F%23%26%3D");
    BOOST_TEST(percent_encode("caf\xC3\xA9") == "caf%C3%A9");
    BOOST_TEST(percent_encode("\n"sv) == "%0A");
}

BOOST_AUTO_TEST_CASE(what_was_encoded_comes_back) {
    for (const auto text : {""sv, "aZ09-._~/b"sv, "a b+c%2F?#&="sv, "caf\xC3\xA9"sv, "\n\0x"sv})
        BOOST_TEST(percent_decode(percent_encode(text)).value() == text);
    for (const auto text : {"%"sv, "a%2"sv, "%zz"sv, "%a0"sv})
        BOOST_TEST(percent_decode(text).has_error(), text);
}

BOOST_AUTO_TEST_SUITE_END()
