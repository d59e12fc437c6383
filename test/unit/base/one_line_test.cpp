#include "base/one_line.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(one_line_text)

BOOST_AUTO_TEST_CASE(only_what_could_harm_a_line_or_a_terminal_is_escaped) {
    struct Row {
        std::string_view text;
        std::string_view expected;
    };
    const std::array rows{
        Row{"", ""},
        Row{"a b/c.json", "a b/c.json"},
        Row{"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
        Row{"a\nb\tc", "a\\x0ab\\x09c"},
        Row{"\x1B[2J\x7F", "\\x1b[2J\\x7f"},
        Row{"\xC2\x9B"
            "2J",
            "\\xc2\\x9b2J"},
        Row{"back\\slash", "back\\\\slash"},
        Row{"\xFF\xC3", "\\xff\\xc3"},
        Row{std::string_view("\0", 1), "\\x00"},
    };
    for (const auto& row : rows)
        BOOST_TEST(one_line(row.text) == row.expected);
}

BOOST_AUTO_TEST_SUITE_END()
