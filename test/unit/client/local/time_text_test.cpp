#include "client/local/time_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(time_text)

BOOST_AUTO_TEST_CASE(times_are_utc) {
    BOOST_TEST(format_time(0) == "1970-01-01T00:00:00Z");
    BOOST_TEST(format_time(1'769'860'800, 50) == "2026-01-31T12:00:00.050Z");
}

BOOST_AUTO_TEST_SUITE_END()
