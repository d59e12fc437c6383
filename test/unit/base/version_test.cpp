#include "base/version.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string_view>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(version)

BOOST_AUTO_TEST_CASE(text_form_round_trips) {
    struct Row {
        Version version;
        std::string_view text;
    };
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    const Row rows[] = {
        {{0, 0}, "0000000000000000.0"},
        {{0xabc, 1}, "0000000000000abc.1"},
        {{0x0123456789abcdef, 1'700'000'000'000'000}, "0123456789abcdef.1700000000000000"},
        {{most, most}, "ffffffffffffffff.18446744073709551615"},
    };

    for (const Row& row : rows) {
        BOOST_TEST(to_string(row.version) == row.text);
        BOOST_TEST_REQUIRE(parse_version(row.text).has_value(), row.text);
        BOOST_TEST((*parse_version(row.text) == row.version), row.text);
    }
}

BOOST_AUTO_TEST_CASE(every_other_text_is_refused) {
    using namespace std::string_view_literals;
    const std::string_view rows[] = {
        ""sv,
        "."sv,
        "0000000000000000"sv,
        "0000000000000000."sv,
        "0000000000000000.x"sv,
        "0000000000000000.1x"sv,
        "0000000000000000.1 "sv,
        " 0000000000000000.1"sv,
        "0000000000000000.+1"sv,
        "0000000000000000.-1"sv,
        "0000000000000000.01"sv,
        "0000000000000000.00"sv,
        "0000000000000000.1\0"sv,
        "0000000000000000.18446744073709551616"sv,
        "0000000000000000,1"sv,
        "000000000000000.1"sv,
        "00000000000000000.1"sv,
        "ABCDEFABCDEFABCD.1"sv,
        "000000000000000g.1"sv,
        "0x00000000000000.1"sv,
        "-000000000000001.1"sv,
    };

    for (const std::string_view text : rows) {
        BOOST_TEST_REQUIRE(parse_version(text).has_error(), text);
        BOOST_TEST((parse_version(text).error() == Errc::invalid_version), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
