// The end of the server, as one connection has it.
#include "test/unit/proxy/net/connection_fixture.hpp"

BOOST_AUTO_TEST_SUITE(connection_stop)

using namespace treecast::test::connection_cases;

namespace {

struct Stopped : Fixture {
    Stopped() {
        answer = [](Connection& connection, const Request&) {
            const bool ends = connection.persistence() == Persistence::close;
            connection.respond(Response{.first = only(ends ? "last" : "ok"), .close = ends});
        };
    }
    Connection& front() { return shared.connections.front(); }
    void leave(Clock::duration in) {
        shared.phase = Phase::leaving;
        front().leave(Clock::now() + in);
    }
    void stop() {
        shared.phase = Phase::stopping;
        const boost::intrusive_ptr<Connection> connection(&front());
        connection->stop();
    }
    void hold_all() {
        answer = [](Connection& connection, const Request&) {
            connection.hold(std::make_unique<Held>(connection), Clock::now() + 10s);
        };
    }
    void run_for(std::chrono::milliseconds time) {
        context.restart();
        context.run_for(time);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_wait_ends_at_the_moment_that_leaving_gives_it, Stopped) {
    hold_all();
    send(get);
    leave(50ms);
    BOOST_TEST(receive().empty());
    run_for(60ms);
    BOOST_TEST(receive() == "over");
}

BOOST_FIXTURE_TEST_CASE(a_stream_is_ended_when_its_worker_leaves, Stopped) {
    answer = [](Connection& connection, const Request&) {
        connection.respond(Response{.first = only("head;")}, std::make_unique<Events>(connection));
    };
    send(get);
    BOOST_TEST(receive() == "head;");
    BOOST_TEST(counters.subscribers == 1U);
    leave(10s);
    run();
    BOOST_TEST(counters.subscribers == 0U);
}

BOOST_FIXTURE_TEST_CASE(while_leaving_requests_are_held_and_each_answer_is_the_last, Stopped) {
    send(get);
    BOOST_TEST(receive() == "ok");
    leave(0ms);
    run_for(300ms);
    BOOST_TEST_REQUIRE(counters.connections == 1U);  // it may still ask
    send(std::string(get) + std::string(get));
    BOOST_TEST(receive() == "oklast");
    BOOST_TEST(counters.connections == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_wait_that_begins_while_leaving_lasts_until_the_stop, Stopped) {
    leave(0ms);
    hold_all();
    send(get);
    run_for(50ms);
    BOOST_TEST(counters.subscribers == 1U);
    stop();
    BOOST_TEST(receive() == "stopping");
}

BOOST_FIXTURE_TEST_CASE(
    at_the_stop_a_quiet_connection_ends_and_an_active_one_may_still_ask,
    Stopped
) {
    send(get);
    BOOST_TEST(receive() == "ok");
    stop();
    BOOST_TEST(counters.connections == 1U);
    run_for(50ms);
    send(get);
    BOOST_TEST(receive() == "last");
    BOOST_TEST(counters.connections == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_connection_without_a_request_ends_soon_after_the_stop, Stopped) {
    stop();
    BOOST_TEST(counters.connections == 1U);
    run_for(300ms);
    BOOST_TEST(counters.connections == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_quiet_connection_ends_at_the_stop, Stopped) {
    send(get);
    BOOST_TEST(receive() == "ok");
    run_for(300ms);
    stop();
    BOOST_TEST(counters.connections == 0U);
}

BOOST_FIXTURE_TEST_CASE(
    a_request_of_which_a_part_has_come_is_answered_if_the_rest_follows,
    Stopped
) {
    send(get.substr(0, 10));
    run_for(300ms);
    stop();
    BOOST_TEST(counters.connections == 1U);
    send(get.substr(10));
    BOOST_TEST(receive() == "last");
}

BOOST_AUTO_TEST_SUITE_END()
