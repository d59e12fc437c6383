// What a connection offers to those who answer, used as the change feed will: a request that is
// held, an answer in parts, a stream, and a body that is read for a POST.
#include "test/unit/proxy/net/connection_fixture.hpp"

BOOST_AUTO_TEST_SUITE(connection)

using namespace treecast::test::connection_cases;

BOOST_FIXTURE_TEST_CASE(a_held_request_is_told_of_the_end_of_its_wait_and_of_the_stop, Fixture) {
    Clock::duration wait = 1ms;
    answer = [&](Connection& connection, const Request&) {
        connection.hold(std::make_unique<Held>(connection), Clock::now() + wait);
    };
    send(get);
    BOOST_TEST(receive() == "over");

    wait = 10s;
    send(get);
    BOOST_TEST(receive().empty());
    BOOST_TEST(counters.subscribers == 1u);
    shared.phase = Phase::stopping;
    shared.connections.front().stop();

    BOOST_TEST(receive() == "stopping");
    BOOST_TEST(counters.subscribers == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_held_request_decides_what_the_end_of_its_peer_means, Fixture) {
    answer = [&](Connection& connection, const Request&) {
        connection.hold(std::make_unique<Held>(connection), Clock::now() + 10s);
    };
    send(get);
    ::shutdown(peer.get(), SHUT_WR);
    run();

    BOOST_TEST(counters.connections == 0u);
    BOOST_TEST(counters.subscribers == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_parts_of_an_answer_come_in_order_to_all_who_are_sent_it, Fixture) {
    auto content = std::make_shared<Content>(UniqueFd(), "0123456789", 10, counters);
    const auto more = std::make_shared<const PartList>(PartList{
        {.head = text("[b]"), .content = content, .begin = 2, .end = 5},
        only("[end]"),
    });
    const Response response{
        .first = {.head = text("[a]"), .content = content, .begin = 0, .end = 1},
        .more = more};
    answer = [&](Connection& connection, const Request&) {
        connection.respond(response);
    };

    send(get);
    BOOST_TEST(receive() == "[a]0[b]234[end]");
    send(get);
    BOOST_TEST(receive() == "[a]0[b]234[end]");
}

BOOST_FIXTURE_TEST_CASE(a_long_answer_in_parts_waits_for_a_full_socket, Fixture) {
    const std::string long_bytes(300'000, 'x');
    const auto more = std::make_shared<const PartList>(PartList(10, only(long_bytes)));
    answer = [&](Connection& connection, const Request&) {
        connection.respond(Response{.first = only("begin"), .more = more});
    };
    send(get);
    std::size_t bytes = 0;
    for (int i = 0; i < 1000 && bytes < 3'000'005; ++i)
        bytes += receive().size();
    BOOST_TEST(bytes == 3'000'005u);
}

BOOST_FIXTURE_TEST_CASE(a_stream_is_asked_for_more_until_its_maker_ends_it, Fixture) {
    Events* stream = nullptr;
    answer = [&](Connection& connection, const Request&) {
        auto owned = std::make_unique<Events>(connection);
        stream = owned.get();
        stream->parts = {"one;", "two;"};
        connection.respond(Response{.first = only("head;")}, std::move(owned));
    };
    send(get);
    BOOST_TEST(receive() == "head;one;two;");
    BOOST_TEST(counters.subscribers == 1u);

    stream->heartbeat = 1ms;
    stream->parts.emplace_back("three;");
    stream->connection.resume();
    BOOST_TEST(receive().starts_with("three;beat;"));

    stream->ended = true;
    stream->connection.resume();
    receive();
    BOOST_TEST(counters.subscribers == 0u);
    answer = [](Connection& connection, const Request&) {
        connection.respond(Response{.first = only("next")});
    };
    send(get);
    BOOST_TEST(receive() == "next");
}

BOOST_FIXTURE_TEST_CASE(a_slow_peer_has_one_part_of_a_stream_under_way, Fixture) {
    Events* stream = nullptr;
    answer = [&](Connection& connection, const Request&) {
        auto owned = std::make_unique<Events>(connection);
        stream = owned.get();
        stream->parts.assign(200, std::string(50'000, 'x'));
        connection.respond(Response{.first = only("")}, std::move(owned));
    };
    send(get);
    run();
    BOOST_TEST(stream->sent < 200u);
    std::size_t bytes = 0;
    for (int i = 0; i < 2000 && bytes < 200u * 50'000; ++i)
        bytes += receive().size();
    BOOST_TEST(bytes == 200u * 50'000);
}

BOOST_FIXTURE_TEST_CASE(a_post_comes_with_its_body_however_its_bytes_come, Fixture) {
    std::vector<std::string> bodies;
    answer = [&](Connection& connection, const Request& request) {
        bodies.emplace_back(request.body);
        connection.respond(Response{.first = only("ok")});
    };
    const std::string small = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
    send(small + "body" + std::string(get));
    BOOST_TEST(receive() == "okok");

    const std::string large(100'000, 'y');
    send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
    BOOST_TEST(receive() == "HTTP/1.1 100 Continue\r\n\r\n");
    send(large + std::string(get));

    BOOST_TEST(receive() == "okok");
    BOOST_TEST_REQUIRE(bodies.size() == 4u);
    BOOST_TEST(bodies[0] == "body");
    BOOST_TEST(bodies[1].empty());
    BOOST_TEST((bodies[2] == large));
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_too_large_is_not_read_and_ends_the_connection, Fixture) {
    answer = [](Connection& connection, const Request& request) {
        BOOST_TEST(!request.is_body_read());
        BOOST_TEST((connection.persistence() == Persistence::close));
        connection.respond(Response{.first = only("no"), .close = true});
    };
    send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    BOOST_TEST(receive() == "no");
    ::shutdown(peer.get(), SHUT_WR);
    run();
    BOOST_TEST(counters.connections == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
