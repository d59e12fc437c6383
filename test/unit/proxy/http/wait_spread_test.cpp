#include "proxy/http/wait_spread.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace treecast::proxy;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(wait_spread)

BOOST_AUTO_TEST_CASE(a_wait_is_cut_by_at_most_a_sixteenth) {
    struct {
        milliseconds requested;
        milliseconds shortest;
    } const cases[] = {
        {0ms, 0ms},
        {1ms, 1ms},
        {15ms, 15ms},  // too short to be cut
        {16ms, 15ms},
        {31ms, 30ms},
        {32ms, 30ms},
        {1s, 938ms},  // 62.5 ms are rounded down
        {30s, 28'125ms},
        {60s, 56'250ms},
        {24h, 22h + 30min},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.requested.count() << " ms") {
            BOOST_TEST(shortest_wait(each.requested).count() == each.shortest.count());
            WaitSpread spread(1);
            for (int i = 0; i < 1000; ++i) {
                const milliseconds drawn = spread.draw_wait(each.requested);
                BOOST_TEST_REQUIRE(drawn.count() >= each.shortest.count());
                BOOST_TEST_REQUIRE(drawn.count() <= each.requested.count());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(both_bounds_are_drawn) {
    WaitSpread spread(1);
    milliseconds least = 1h;
    milliseconds most = 0ms;
    for (int i = 0; i < 1000; ++i) {
        const milliseconds drawn = spread.draw_wait(160ms);
        least = std::min(least, drawn);
        most = std::max(most, drawn);
    }
    BOOST_TEST(least.count() == 150);
    BOOST_TEST(most.count() == 160);
}

BOOST_AUTO_TEST_CASE(clients_of_a_server_that_stops_come_back_over_five_seconds) {
    WaitSpread spread(1);
    unsigned least = 100;
    unsigned most = 0;
    for (int i = 0; i < 1000; ++i) {
        const unsigned drawn = spread.draw_retry_after_s();
        least = std::min(least, drawn);
        most = std::max(most, drawn);
    }
    BOOST_TEST(least == 1U);
    BOOST_TEST(most == 5U);
}

BOOST_AUTO_TEST_CASE(workers_with_different_seeds_draw_different_waits) {
    WaitSpread one(1);
    WaitSpread other(2);
    bool differ = false;
    for (int i = 0; i < 10; ++i)
        differ = differ || one.draw_wait(60s) != other.draw_wait(60s);
    BOOST_TEST(differ);
}

BOOST_AUTO_TEST_SUITE_END()
