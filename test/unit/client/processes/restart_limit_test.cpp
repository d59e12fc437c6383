#include "client/processes/restart_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(restart_limit)

BOOST_AUTO_TEST_CASE(five_restarts_a_minute_are_allowed) {
    RestartLimit limit;
    const RestartLimit::TimePoint start{seconds(1000)};

    for (int i = 0; i < 5; ++i)
        BOOST_TEST(limit.allow(start + seconds(i)));

    BOOST_TEST(!limit.allow(start + seconds(5)));
    BOOST_TEST(!limit.allow(start + seconds(59)));
    BOOST_TEST(limit.allow(start + seconds(60)));
    BOOST_TEST(!limit.allow(start + seconds(60)));
    BOOST_TEST(limit.allow(start + seconds(61)));
}

BOOST_AUTO_TEST_SUITE_END()
