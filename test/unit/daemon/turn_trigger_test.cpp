#include "daemon/turn_trigger.hpp"

#include "base/unique_fd.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

using namespace treecast;
using namespace treecast::daemon;
using namespace std::chrono_literals;

namespace {

struct TurnTriggerFixture {
    void add_event() {
        const std::uint64_t one = 1;
        BOOST_TEST_REQUIRE(::write(events.get(), &one, sizeof one) == sizeof one);
    }
    void read_events() {
        std::uint64_t count = 0;
        BOOST_TEST_REQUIRE(::read(events.get(), &count, sizeof count) == sizeof count);
    }
    /// Runs what is ready, but no timer that ends later. Returns the number of turns.
    int run() {
        turns = 0;
        loop.restart();
        loop.poll();
        return turns;
    }

    boost::asio::io_context loop;
    const UniqueFd events{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    int turns = 0;
    bool begins = true;
    TurnTrigger trigger{loop, events.get(), [this] {
                            if (begins)
                                trigger.begin();
                            ++turns;
                        }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(turn_trigger, TurnTriggerFixture)

BOOST_AUTO_TEST_CASE(requests_before_a_turn_lead_to_one) {
    BOOST_TEST(run() == 0);
    trigger.request();
    trigger.request();
    BOOST_TEST(run() == 1);
    BOOST_TEST(run() == 0);
    trigger.request();
    BOOST_TEST(run() == 1);
}

BOOST_AUTO_TEST_CASE(events_lead_to_one_turn_and_are_waited_for_anew_only_on_request) {
    add_event();
    BOOST_TEST(run() == 0);  // nobody waits yet
    trigger.wait_for_events();
    trigger.wait_for_events();
    BOOST_TEST(run() == 1);
    BOOST_TEST(run() == 0);

    trigger.wait_for_events();
    BOOST_TEST(run() == 1);  // still unread
    read_events();
    trigger.wait_for_events();
    BOOST_TEST(run() == 0);
    add_event();
    BOOST_TEST(run() == 1);
}

BOOST_AUTO_TEST_CASE(events_while_a_turn_is_requested_lead_to_no_second_one) {
    begins = false;  // as if the request still stood when the events arrive
    trigger.request();
    BOOST_TEST(run() == 1);
    trigger.wait_for_events();
    add_event();
    BOOST_TEST(run() == 0);
}

BOOST_AUTO_TEST_CASE(a_time_replaces_the_time_before) {
    const auto now = Clock::now();
    trigger.wait_until(now + 1h);
    BOOST_TEST(run() == 0);
    trigger.wait_until(now - 1ms);
    BOOST_TEST(run() == 1);

    trigger.wait_until(now - 2ms);
    trigger.wait_until(std::nullopt);
    BOOST_TEST(run() == 0);
    trigger.wait_until(now - 3ms);
    trigger.wait_until(now + 1h);
    BOOST_TEST(run() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
