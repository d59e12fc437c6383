#include "base/glob.hpp"

#include "base/tree_path.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace treecast;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(glob)

namespace {

struct Match {
    std::string_view glob;
    std::vector<std::string_view> matching, others;
};

void check(const std::vector<Match>& rows) {
    for (const Match& row : rows) {
        const auto glob = Glob::parse(row.glob);
        BOOST_TEST_REQUIRE(glob.has_value(), row.glob);
        BOOST_TEST(glob->text() == row.glob);
        for (const auto& paths : {row.matching, row.others})
            BOOST_TEST(std::ranges::all_of(paths, is_valid_path), row.glob);
        for (const std::string_view path : row.matching)
            BOOST_TEST(glob->matches(path), row.glob << " and " << path);
        for (const std::string_view path : row.others)
            BOOST_TEST(!glob->matches(path), row.glob << " and " << path);
    }
}

/// `count` times `part`.
std::string times(std::size_t count, std::string_view part) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += part;
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_no_wildcard_stands_for_itself) {
    check({
        {"a", {"a"}, {"A", "b", "aa", "a/a", "d/a"}},
        {"a/b.c", {"a/b.c"}, {"a/bxc", "a", "a/b.c/d", "b.c"}},
        {"{a,b}", {"{a,b}"}, {"a", "b"}},
        {"a]", {"a]"}, {"a"}},
        {"!a", {"!a"}, {"a", "b"}},
        {"~#$ (+|)^%2F", {"~#$ (+|)^%2F"}, {"~"}},
        {"caf\u00e9", {"caf\u00e9"}, {"cafe", "cafe\u0301"}},
        {R"(\*\?\[\]\\\a)", {R"(*?[]\a)"}, {R"(\*\?\[\]\\\a)", "x?[]\\a"}},
        {R"(\é)", {"é"}, {"e"}},
        {"...", {"..."}, {"....", ".a."}},
    });
}

BOOST_AUTO_TEST_CASE(wildcards_match_within_a_component) {
    check({
        {"*", {"a", ".env", "a.b", "\u20ac"}, {"a/b"}},
        {"*.txt", {"a.txt", ".txt", ".a.txt", "a.txt.txt"}, {"d/a.txt", "a.txt/b", "a.TXT", "txt"}},
        {"*/*", {"a/b", ".a/.b"}, {"a", "a/b/c"}},
        {"d/*", {"d/a", "d/.a"}, {"d", "d/a/b", "dd/a"}},
        {"a*", {"a", "ab", "a*"}, {"ba", "a/b"}},
        {"*a*b*", {"ab", "xaybz", "aab", "abb", "abab"}, {"ba", "a", "xax/b"}},
        {"*ab", {"ab", "aab", "abab"}, {"aba", "a", "b"}},
        {"a*a", {"aa", "aaa"}, {"a"}},
        {"a*b*c", {"abc", "abbc", "a-b-c"}, {"ab", "acb", "abcd"}},
        {"?", {"a", "_", "\u00e9", "\u20ac", "\U0001F333"}, {"ab", "e\u0301"}},
        {"a?c", {"abc", "a\u20acc"}, {"ac", "a/c", "abbc"}},
        {"*?", {"a", "ab", "\u20ac"}, {}},
        {"*??", {"ab", "\u20aca", "a\u20ac"}, {"a", "\u00e9", "\u20ac", "\U0001F333"}},
        {"?*?", {"ab", "abc", "\u20ac\u20ac"}, {"\u20ac"}},
        {R"(*\*)", {"*", "a*", "**"}, {"a", "*a"}},
        {R"(\**)", {"*", "*a", "**"}, {"a"}},
        {R"(\[a])", {"[a]"}, {"a"}},
    });
}

BOOST_AUTO_TEST_CASE(sets_match_one_character) {
    check({
        {"[ab]", {"a", "b"}, {"c", "ab", "[ab]"}},
        {"[a-c]x", {"ax", "bx", "cx"}, {"dx", "Bx", "-x", "x"}},
        {"[a-cx-z]", {"b", "y"}, {"d", "-"}},
        {"[a-c-e]", {"a", "c", "-", "e"}, {"d"}},
        {"[!ab]", {"c", "!", "^", "\u20ac"}, {"a", "b", "cc"}},
        {"[^ab]", {"c", "!", "^"}, {"a", "b"}},
        {"[a!^]", {"a", "!", "^"}, {"b"}},
        {"[]]", {"]"}, {"["}},
        {"[]a]", {"]", "a"}, {"[", "]a]", "a]"}},
        {"[!]a]", {"b", "["}, {"]", "a"}},
        {"[]-_]", {"]", "^", "_"}, {"-", "a"}},
        {"[a]]", {"a]"}, {"]", "a"}},
        {"[-a]", {"-", "a"}, {"b"}},
        {"[a-]", {"-", "a"}, {"b"}},
        {"[!-a]", {"b"}, {"-", "a"}},
        {"[---]", {"-"}, {"a"}},
        {"[*?[]", {"*", "?", "["}, {"a", "]"}},
        {"[**]", {"*"}, {"a", "**"}},
        {"[\\]]", {"]"}, {"\\"}},
        {"[\\\\]", {"\\"}, {"]"}},
        {"[\\a-\\c]", {"a", "b", "c"}, {"\\", "-"}},
        {"[a\\-c]", {"a", "-", "c"}, {"b"}},
        {"[\\!a]", {"!", "a"}, {"b", "\\"}},
        {"[\\[:alpha:]]", {"[]", "a]", ":]"}, {"b]", "a"}},
        {"[:a]", {":", "a"}, {"b"}},
        {"[\u00e9\u20ac]", {"\u00e9", "\u20ac"}, {"e", "\u00e8"}},
        {"[\u00e0-\u00ef]", {"\u00e0", "\u00e9", "\u00ef"}, {"\u00f0", "e", "\u20ac"}},
        {"[a-\U0001F333]", {"a", "\u20ac", "\U0001F333"}, {"A", "\U0001F334"}},
        {"[!a]*", {"b", "ba", "\u20aca"}, {"a", "ab"}},
        {"*[!\u20ac]", {"a", "\u20aca"}, {"\u20ac", "a\u20ac"}},
        {"*[a-\u00e9]", {"a", "\u20aca"}, {"\u20ac", "a\u20ac"}},
        {"*[0-9]", {"1", "a1", "a12"}, {"1a", "a"}},
        {"a[.-0]b", {"a.b", "a0b"}, {"a/b"}},  // the range holds the slash, no name does
    });
}

BOOST_AUTO_TEST_CASE(two_stars_match_any_number_of_components) {
    check({
        {"**", {"a", "a/b", ".a/b/c"}, {}},
        {"conf/**", {"conf/a", "conf/a/b", "conf/.a"}, {"conf", "conf.d/a", "a/conf/b"}},
        {"**/a", {"a", "x/a", "x/y/a"}, {"xa", "a/x", "x/ya"}},
        {"**/*.json", {"a.json", "x/a.json", "x/y/.json"}, {"a.json/x", "a.jso"}},
        {"a/**/b", {"a/b", "a/x/b", "a/x/y/b", "a/b/b"}, {"ab", "a/xb", "a/b/x", "x/a/b", "a"}},
        {"**/**", {"a", "a/b"}, {}},
        {"a/**/**", {"a/b", "a/b/c"}, {"a"}},
        {"**/a/**", {"a/x", "x/a/y", "x/a/a"}, {"a", "x/a", "xa/b"}},
        {"a/**/*", {"a/b", "a/b/c"}, {"a"}},
        {"**/a/b/**/c", {"a/b/c", "x/a/a/b/y/c", "a/x/a/b/c"}, {"a/x/b/c", "a/b", "a/b/c/d"}},
        {"**/a/b/c", {"a/b/a/b/c", "a/a/b/c"}, {"a/b/a/c", "a/b/c/c"}},
        {"**/?/**/?[b-c]/**", {"a/bb/c", "aa/a/ab/a"}, {"a/bb", "aa/b/c"}},
        {"*/**/z", {"a/z", "a/b/z"}, {"z"}},
    });
}

BOOST_AUTO_TEST_CASE(what_is_malformed_has_its_reason) {
    constexpr auto open = "without its ']'";
    constexpr auto stars = "'**' that is not";
    constexpr auto quote = "with nothing behind";
    constexpr auto empty = "empty component";
    constexpr auto range = "a range whose end";
    constexpr auto name = "no path has";
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"", "is empty"},
        {"[", open},
        {"[a", open},
        {"[]", open},
        {"[!]", open},
        {"[^]", open},
        {"[!", open},
        {"[a/b]", open},
        {"[^/]", open},
        {"[a-", open},
        {"[a-b", open},
        {"[\\", open},
        {"[a-\\", open},
        {"[a\\]", open},
        {"x/[a/**", open},
        {"\\", quote},
        {"a/b\\", quote},
        {"a\\\\\\", quote},
        {"a\\/b", quote},
        {"a**", stars},
        {"**a", stars},
        {"a**b", stars},
        {"***", stars},
        {"****", stars},
        {"**/a**/b", stars},
        {"?**", stars},
        {"**[a]", stars},
        {"**\\*", stars},
        {"[z-a]", range},
        {"[\u20ac-\u00e9]", range},
        {"[[:alpha:]]", "a class"},
        {"[a[:digit:]]", "a class"},
        {"/", "ends with '/'"},
        {"a/", "ends with '/'"},
        {"**/", "ends with '/'"},
        {"/a", empty},
        {"//a", empty},
        {"a//b", empty},
        {".", name},
        {"..", name},
        {"./a", name},
        {"a/../b", name},
        {"a/.", name},
        {"\xFF", "is not UTF-8"},
        {"[\xC3]", "is not UTF-8"},
        {"a\0b"sv, "is not UTF-8 without NUL"},
    };
    for (const auto& [text, reason] : rows) {
        const auto glob = Glob::parse(text);
        BOOST_TEST_REQUIRE(glob.has_error(), text);
        BOOST_TEST(std::string_view(glob.error().reason).find(reason) != reason.npos, text);
        BOOST_CHECK_THROW(glob.value(), std::invalid_argument);
    }
}

BOOST_AUTO_TEST_CASE(glob_has_at_most_4096_bytes) {
    BOOST_TEST(Glob::parse(std::string(4096, 'a')).has_value());
    const auto longer = Glob::parse(std::string(4097, 'a'));
    BOOST_TEST_REQUIRE(longer.has_error());
    BOOST_TEST(longer.error().reason == "is longer than 4096 bytes"sv);
}

BOOST_AUTO_TEST_CASE(every_match_begins_with_the_literal_prefix) {
    const std::vector<std::pair<std::string_view, std::string_view>> rows = {
        {"a/b", "a/b"},
        {"a/b*", "a/b"},
        {"a/**", "a/"},
        {"a/**/b", "a/"},
        {"a/b/?c", "a/b/"},
        {"a[b]", "a"},
        {"*", ""},
        {"**/a", ""},
        {"[a]", ""},
        {R"(a\*b\[/\c*)", "a*b[/c"},
        {R"(\\*)", "\\"},
        {"caf\u00e9?", "caf\u00e9"},
        {"{a}]!?", "{a}]!"},
    };
    for (const auto& [text, prefix] : rows)
        BOOST_TEST(Glob::parse(text)->literal_prefix() == prefix, text);
}

BOOST_AUTO_TEST_CASE(globs_are_equal_by_their_text) {
    BOOST_TEST((*Glob::parse("a/*") == *Glob::parse("a/*")));
    BOOST_TEST((*Glob::parse("[a]") != *Glob::parse("a")));
}

BOOST_AUTO_TEST_CASE(glob_can_be_copied_and_moved) {
    Glob glob = *Glob::parse("a/*.b");
    const Glob copy = glob;
    const Glob moved = std::move(glob);
    for (const Glob* const each : {&copy, &moved}) {
        BOOST_TEST(each->literal_prefix() == "a/");
        BOOST_TEST(each->matches("a/x.b"));
    }
}

// Time is no measure here, the sizes are. 4,096 bytes of a glob times 4,095 of a path are 17
// million steps. Were each star tried again for each place of the others, it would be more than
// 2^250 for the smallest of these, which no machine ends within the time limit of a test.
BOOST_AUTO_TEST_CASE(steps_grow_no_faster_than_both_lengths_multiplied) {
    const std::string name(255, 'a');
    const std::string deep = times(15, name + '/') + name;
    const std::string flat = times(2047, "a/") + "a";
    BOOST_TEST_REQUIRE(is_valid_path(deep));
    BOOST_TEST_REQUIRE(is_valid_path(flat));
    const std::pair<std::string, std::string> rows[] = {
        {times(2047, "*a") + "*b", name},
        {times(127, "*a") + "b", name},
        {times(100, "*[!b]") + "b", name},
        {times(1000, "*?") + "b", name},
        {"*[" + times(1000, "b-ca") + "]b", name},
        {"**/" + times(15, times(100, "*a") + "*/") + "*b", deep},
        {times(15, times(100, "*a") + "*/") + "*a*b", deep},
        {times(800, "**/a/") + "b", flat},
        {times(800, "**/*/") + "b", flat},
        {times(580, "**/*a*/") + "**/b", flat},
        {"**/" + times(1000, "a/") + "b", flat},
        {times(800, "**/") + "b", flat},
    };
    for (const auto& [text, path] : rows) {
        const auto glob = Glob::parse(text);
        BOOST_TEST_REQUIRE(glob.has_value(), text.substr(0, 40));
        BOOST_TEST(!glob->matches(path), text.substr(0, 40));
    }
    BOOST_TEST(Glob::parse(times(800, "**/a/") + "**")->matches(flat));
    BOOST_TEST(Glob::parse(times(127, "*a") + "*")->matches(name));
}

BOOST_AUTO_TEST_SUITE_END()
