#include "client/http/back_off.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::client;
using std::chrono::milliseconds;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(back_off)

BOOST_AUTO_TEST_CASE(pauses_double_from_one_second_to_thirty) {
    BackOff longest;
    BackOff shortest;

    for (const int expected : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
        BOOST_TEST(longest.next(0.999999).count() >= expected - 1);
        BOOST_TEST(shortest.next(0.0).count() == expected / 2);
    }
}

BOOST_AUTO_TEST_CASE(reset_begins_anew) {
    BackOff back_off;
    static_cast<void>(back_off.next(0.5));
    static_cast<void>(back_off.next(0.5));

    back_off.reset();

    BOOST_TEST(back_off.next(0.5).count() == 750);
}

BOOST_AUTO_TEST_CASE(retry_after_is_the_least_and_spread_over_a_second) {
    struct Row {
        int retry_after;
        double random;
        long expected_ms;
    };
    for (const auto& row :
         {Row{0, 0.0, 500}, Row{5, 0.0, 5000}, Row{5, 0.5, 5500}, Row{100'000, 0.0, 300'000}}) {
        BackOff back_off;
        BOOST_TEST(back_off.next(row.random, seconds(row.retry_after)).count() == row.expected_ms);
    }
}

BOOST_AUTO_TEST_CASE(a_longer_pause_of_our_own_outlasts_retry_after) {
    BackOff back_off;
    for (int i = 0; i < 6; ++i)
        static_cast<void>(back_off.next(0.0));

    BOOST_TEST(back_off.next(0.0, seconds(2)).count() == 15000);
}

BOOST_AUTO_TEST_SUITE_END()
