#include "proxy/source/maker.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <stop_token>
#include <string>
#include <thread>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(maker)

BOOST_AUTO_TEST_CASE(jobs_are_done_in_their_order_by_one_thread) {
    std::string done;
    std::promise<void> end;
    Maker maker;
    for (const char job : {'a', 'b', 'c', 'd'})
        maker.add([&done, job](const std::stop_token&) {
            done += job;
        });
    maker.add([&end](const std::stop_token&) {
        end.set_value();
    });
    end.get_future().wait();
    BOOST_TEST(done == "abcd");
}

BOOST_AUTO_TEST_CASE(its_end_stops_the_job_that_has_begun_and_drops_the_others) {
    std::promise<void> begin;
    bool has_ended = false;
    bool has_begun_another = false;
    {
        Maker maker;
        maker.add([&](const std::stop_token& stop) {
            begin.set_value();
            while (!stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            has_ended = true;
        });
        maker.add([&](const std::stop_token&) {
            has_begun_another = true;
        });
        begin.get_future().wait();
    }
    BOOST_TEST(has_ended);
    BOOST_TEST(!has_begun_another);
}

BOOST_AUTO_TEST_CASE(it_may_end_without_a_job_and_while_it_waits_for_one) {
    { Maker idle; }
    std::promise<void> end;
    Maker maker;
    maker.add([&end](const std::stop_token&) {
        end.set_value();
    });
    end.get_future().wait();
}

BOOST_AUTO_TEST_SUITE_END()
