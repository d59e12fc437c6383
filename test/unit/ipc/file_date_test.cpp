#include "ipc/file_date.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace treecast::ipc;

BOOST_AUTO_TEST_SUITE(file_date)

namespace {

constexpr std::int64_t ns = 1'000'000'000;

bool is_own(std::int64_t second, std::uint32_t floor) {
    Record record;
    record.mtime_ns = second * ns;
    record.date_floor = floor;
    return has_date_of_its_own(record);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_date_is_its_own_if_it_is_newer_than_all_others) {
    BOOST_TEST(is_own(1000, 0));
    BOOST_TEST(is_own(1000, date_mark(999)));
    BOOST_TEST(!is_own(1000, date_mark(1000)));
    BOOST_TEST(!is_own(1000, date_mark(1001)));
    BOOST_TEST(is_own(0, 0));
    BOOST_TEST(!is_own(0, date_mark(0)));
    BOOST_TEST(is_own(1, date_mark(0)));
}

BOOST_AUTO_TEST_CASE(dates_that_a_mark_cannot_hold_are_never_taken_for_another) {
    constexpr std::int64_t year_2107 = 4'323'369'600;
    BOOST_TEST(!is_own(-5, date_mark(-10)));
    BOOST_TEST(!is_own(year_2107, date_mark(year_2107 + 5)));
    BOOST_TEST(!is_own(year_2107 + 9, date_mark(year_2107 + 5)));
    BOOST_TEST(is_own(year_2107, date_mark(5)));
    BOOST_TEST(date_mark(std::numeric_limits<std::int64_t>::max()) != 0U);
    BOOST_TEST(date_mark(std::numeric_limits<std::int64_t>::min()) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
