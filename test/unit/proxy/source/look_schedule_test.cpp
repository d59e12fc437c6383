#include "proxy/source/look_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(look_schedule)

namespace {

long in_ms(Clock::duration duration) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()
    );
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_interval_follows_from_what_the_worker_waits_for) {
    constexpr LookState starting{.has_catalog = true};
    constexpr LookState hindered{.has_catalog = true, .is_hindered = true};
    constexpr LookState ready{.has_catalog = true, .was_ready = true, .has_queues = true};
    struct {
        const char* what;
        unsigned workers;
        LookState state;
        long interval_ms;
    } const cases[] = {
        {"the first scan runs", 1, starting, 20},
        {"the first scan runs, many workers", 8, starting, 20},
        {"its queues cannot be opened", 1, hindered, 1000},
        {"notified", 1, ready, 1250},
        {"notified, two workers", 2, ready, 1250},
        {"notified, eight workers", 8, ready, 5000},
        {"notified, and has waiters",
         1,
         {.has_catalog = true, .was_ready = true, .has_queues = true, .has_waiters = true},
         1250},
        {"not notified, and has waiters",
         8,
         {.has_catalog = true, .was_ready = true, .has_waiters = true},
         20},
        {"not notified, without waiters", 8, {.has_catalog = true, .was_ready = true}, 5000},
        {"was ready, now hindered",
         1,
         {.has_catalog = true, .was_ready = true, .is_hindered = true},
         1250},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            in_ms(LookSchedule(each.workers).next(each.state)) == each.interval_ms,
            each.what
        );
}

BOOST_AUTO_TEST_CASE(a_daemon_is_looked_for_ever_more_rarely_up_to_a_limit) {
    LookSchedule schedule(1);
    for (const long interval : {5, 10, 20, 40, 80, 100, 100})
        BOOST_TEST(in_ms(schedule.next({})) == interval);
}

BOOST_AUTO_TEST_SUITE_END()
