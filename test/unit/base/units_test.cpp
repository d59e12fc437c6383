#include "base/units.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(units)

BOOST_AUTO_TEST_CASE(times_are_read) {
    struct Row {
        std::string_view text;
        long long milliseconds;
    };
    const Row rows[] = {
        {"0", 0},
        {"0ms", 0},
        {"30", 30'000},
        {"30s", 30'000},
        {"500ms", 500},
        {"2m", 120'000},
        {"007", 7'000},
        {"9223372036854775807ms", 9'223'372'036'854'775'807},
        {"9223372036854775", 9'223'372'036'854'775'000},
        {"153722867280912m", 9'223'372'036'854'720'000},
    };

    for (const Row& row : rows) {
        BOOST_TEST_REQUIRE(parse_duration(row.text).has_value(), row.text);
        BOOST_TEST(parse_duration(row.text)->count() == row.milliseconds, row.text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
    using namespace std::string_view_literals;
    const std::string_view rows[] = {
        ""sv,
        "s"sv,
        "ms"sv,
        "-1"sv,
        "+1"sv,
        " 1"sv,
        "1 "sv,
        "1 s"sv,
        "1.5"sv,
        "1e3"sv,
        "0x10"sv,
        "1S"sv,
        "1h"sv,
        "1sm"sv,
        "1\0"sv,
        "9223372036854776"sv,
        "9223372036854775808ms"sv,
        "153722867280913m"sv,
        "18446744073709551616"sv,
        "99999999999999999999999999"sv,
    };

    for (const std::string_view text : rows) {
        BOOST_TEST_REQUIRE(parse_duration(text).has_error(), text);
        BOOST_TEST((parse_duration(text).error() == Errc::invalid_duration), text);
    }
}

BOOST_AUTO_TEST_CASE(sizes_are_read) {
    struct Row {
        std::string_view text;
        std::uint64_t bytes;
    };
    const Row rows[] = {
        {"0", 0},
        {"0G", 0},
        {"4096", 4096},
        {"64K", 65'536},
        {"256M", 268'435'456},
        {"3G", 3'221'225'472},
        {"9223372036854775807", 9'223'372'036'854'775'807},
        {"8589934591G", 9'223'372'035'781'033'984},
    };

    for (const Row& row : rows) {
        BOOST_TEST_REQUIRE(parse_size(row.text).has_value(), row.text);
        BOOST_TEST(*parse_size(row.text) == row.bytes, row.text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_size_is_refused) {
    const std::string_view rows[] = {
        "",
        "K",
        "-1",
        "+1",
        " 1",
        "1 K",
        "1k",
        "1KB",
        "1KiB",
        "1B",
        "1T",
        "1.5M",
        "8589934592G",
        "9223372036854775808",
        "18446744073709551616",
    };

    for (const std::string_view text : rows) {
        BOOST_TEST_REQUIRE(parse_size(text).has_error(), text);
        BOOST_TEST((parse_size(text).error() == Errc::invalid_size), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
