#include "base/file_time.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(file_time)

namespace {

constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t seconds_min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t near_end = 4'611'686'018;  // 2^62 ns, in 2116

}  // namespace

BOOST_AUTO_TEST_CASE(a_word_is_nanoseconds_as_long_as_they_are_few) {
    BOOST_TEST(pack_file_time({0, 0}) == 0);
    BOOST_TEST(pack_file_time({1'700'000'000, 123'456'789}) == 1'700'000'000'123'456'789);
    BOOST_TEST(pack_file_time({-1, 999'999'999}) == -1);
    BOOST_TEST(pack_file_time({-near_end, 0}) == -near_end * 1'000'000'000);
}

BOOST_AUTO_TEST_CASE(no_date_wraps_round) {
    const FileTime times[] = {
        {year_0_s, 0},
        {-11'644'473'600, 100},  // 1601, NTFS
        {-near_end - 1, 999'999'900},
        {-near_end, 0},
        {-near_end, 1},
        {-1, 999'999'999},
        {0, 0},
        {0, 1},
        {1'700'000'000, 123'456'789},
        {near_end - 1, 999'999'999},
        {near_end, 0},
        {near_end, 100},
        {15'032'385'535, 999'999'900},  // 2446, ext4
        {year_10000_s - 1, 999'999'900},
    };
    std::int64_t before = seconds_min;
    for (const FileTime& time : times) {
        const std::int64_t word = pack_file_time(time);
        BOOST_TEST((unpack_file_time(word) == time), time.seconds << " s " << time.nanoseconds);
        BOOST_TEST(word > before, time.seconds << " s " << time.nanoseconds);
        before = word;
    }
}

BOOST_AUTO_TEST_CASE(what_lies_far_off_is_kept_in_steps_of_100_ns) {
    BOOST_TEST(unpack_file_time(pack_file_time({near_end + 5, 199})).nanoseconds == 100u);
    BOOST_TEST(unpack_file_time(pack_file_time({-near_end - 5, 199})).nanoseconds == 100u);
}

BOOST_AUTO_TEST_CASE(what_no_year_of_four_digits_holds_is_cut_to_their_ends) {
    for (const std::int64_t seconds : {year_10000_s, year_10000_s + 1, seconds_max})
        BOOST_TEST(unpack_file_time(pack_file_time({seconds, 5})).seconds == year_10000_s);
    for (const std::int64_t seconds : {year_0_s - 1, year_0_s - 2, seconds_min})
        BOOST_TEST(unpack_file_time(pack_file_time({seconds, 5})).seconds == year_0_s - 1);
}

BOOST_AUTO_TEST_SUITE_END()
