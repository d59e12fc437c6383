#include "test/integration/getfile_connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(getfile_connections)

using namespace treecast::test::getfile_connections_cases;

BOOST_FIXTURE_TEST_CASE(a_request_may_come_in_pieces_and_byte_by_byte, Served) {
    for (const auto* const server : {&proxy.getfile_server(), &proxy.legacy_server()}) {
        const bool is_legacy = server == &proxy.legacy_server();
        const std::string answer = is_legacy ? legacy_ok("one") : getfile_ok("one");
        HttpConnection pieces(*server);
        for (const std::string piece : {"GETFILE", " GET ", "/f", "\r\n\r\n"})
            pieces.send_bytes(piece);
        HttpConnection bytes(*server);
        for (const char byte : getfile_request("/f"))
            bytes.send_bytes({&byte, 1});

        BOOST_TEST(receive_all(pieces) == answer);
        BOOST_TEST(receive_all(bytes) == answer);
    }
}

BOOST_FIXTURE_TEST_CASE(a_request_may_be_padded, Served) {
    daemon.put("large", std::string(4 << 20, 'l'));
    for (const std::string& padding :
         {std::string("\0", 1),
          std::string("x"),
          std::string(100, '\0'),
          std::string("\r\n\r\n"),
          getfile_request("/g"),
          std::string(60'000, 'x')}) {
        BOOST_TEST(
            getfile_exchange(proxy.getfile_server(), getfile_request("/f") + padding) ==
            getfile_ok("one")
        );
        // Padding that nobody reads must not destroy the end of a large body.
        const auto large =
            getfile_exchange(proxy.legacy_server(), getfile_request("/large") + padding);
        BOOST_TEST((large == legacy_ok(std::string(4 << 20, 'l'))));
    }
}

BOOST_FIXTURE_TEST_CASE(padding_may_come_while_the_answer_is_sent, Served) {
    const std::string large(8 << 20, 'l');
    daemon.put("large", large);
    HttpConnection connection(with_small_buffer(proxy.getfile_server()));
    connection.send_bytes(getfile_request("/large"));
    std::string answer = receive_until(connection, 1);
    connection.send_bytes(std::string(10'000, 'x'));
    answer += receive_rest(connection);

    BOOST_TEST((answer == getfile_ok(large)));
}

BOOST_FIXTURE_TEST_CASE(an_end_of_stream_inside_a_request_makes_it_invalid, Served) {
    const std::string whole = getfile_request("/f");
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, whole.size() - 1}) {
        for (const auto* const server : {&proxy.getfile_server(), &proxy.legacy_server()}) {
            HttpConnection connection(*server);
            connection.send_bytes(whole.substr(0, length));
            connection.shutdown_send();
            const auto answer = receive_all(connection);
            BOOST_TEST(
                answer == (server == &proxy.getfile_server() ? getfile_invalid : ""),
                length << " bytes"
            );
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_request_that_is_never_finished_is_invalid_at_the_deadline, Published) {
    settings.request_timeout = 200ms;
    daemon.put("f", "one");
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    for (const std::string bytes : {"", "GETFILE GET /f\r\n"}) {
        BOOST_TEST(getfile_exchange(proxy.getfile_server(), bytes) == getfile_invalid);
        BOOST_TEST(getfile_exchange(proxy.legacy_server(), bytes) == "");
    }
    // Bytes that trickle in do not move the deadline.
    HttpConnection trickling(proxy.getfile_server());
    for (std::size_t i = 0; !trickling.has_answer(10ms); ++i) {
        BOOST_TEST_REQUIRE(i < 4000U);
        trickling.send_bytes(i < 12 ? getfile_request("/f").substr(i, 1) : std::string("/"));
    }
    BOOST_TEST(receive_all(trickling) == getfile_invalid);
}

BOOST_FIXTURE_TEST_CASE(who_half_closes_waits_for_the_answer, Served) {
    daemon.serve_wants(false);
    daemon.put("listed", "loaded", StandInDaemon::As::listed);
    for (const auto* const path : {"/f", "/listed"}) {
        HttpConnection connection(proxy.getfile_server());
        connection.send_bytes(getfile_request(path));
        connection.shutdown_send();
        if (path == std::string("/listed")) {
            BOOST_TEST(proxy.wait_for_subscribers(1));
            BOOST_TEST(!connection.has_answer(50ms));
            daemon.serve_wants(true);
        }
        BOOST_TEST(receive_all(connection) == getfile_ok(path[1] == 'f' ? "one" : "loaded"));
    }
}

BOOST_FIXTURE_TEST_CASE(who_never_closes_is_closed_and_forgotten, Served) {
    HttpConnection connection(proxy.getfile_server());
    connection.send_bytes(getfile_request("/f"));
    // The answer and its end are there at once; the connection goes after the drain's 2 s.
    BOOST_TEST(receive_all(connection, 1s) == getfile_ok("one"));
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(who_leaves_is_forgotten, Served) {
    daemon.serve_wants(false);
    daemon.put("listed", "x", StandInDaemon::As::listed);
    daemon.put("large", std::string(8 << 20, 'l'));
    {
        HttpConnection silent(proxy.getfile_server());
        HttpConnection asking(proxy.getfile_server());
        asking.send_bytes("GETFILE ");
        HttpConnection waiting(proxy.getfile_server());
        waiting.send_bytes(getfile_request("/listed"));
        HttpConnection receiving(with_small_buffer(proxy.getfile_server()));
        receiving.send_bytes(getfile_request("/large"));
        receive_until(receiving, 1);
        BOOST_TEST(proxy.wait_for_subscribers(1));
        waiting.reset();
    }
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0;
    }));
    BOOST_TEST(proxy.subscribers() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
