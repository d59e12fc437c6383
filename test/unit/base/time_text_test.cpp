#include "base/time_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;

BOOST_AUTO_TEST_SUITE(time_text)

BOOST_AUTO_TEST_CASE(times_are_utc) {
    BOOST_TEST(format_time(0) == "1970-01-01T00:00:00Z");
    BOOST_TEST(format_time(1'769'860'800, 50) == "2026-01-31T12:00:00.050Z");
    BOOST_TEST(format_time(1'769'860'800, 123'456, 6) == "2026-01-31T12:00:00.123456Z");
    BOOST_TEST(format_time(-1) == "1969-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_SUITE_END()
