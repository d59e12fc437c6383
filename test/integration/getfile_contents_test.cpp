#include "test/integration/getfile_connections_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(getfile_connections)

using namespace treecast::test::getfile_connections_cases;

BOOST_FIXTURE_TEST_CASE(the_header_comes_in_one_piece_with_the_bodys_beginning, Served) {
    daemon.put("large", std::string(1 << 20, 'l'));  // not on the heap: by sendfile
    daemon.put("empty", "");
    for (const auto* const path : {"/f", "/large", "/empty"}) {
        HttpConnection connection(proxy.getfile_server());
        connection.send_bytes(getfile_request(path));
        const auto first = connection.receive_bytes();
        BOOST_TEST((first.find("\r\n\r\n") != first.npos), path << ": " << first);
        receive_all(connection);
    }
}

BOOST_FIXTURE_TEST_CASE(content_is_loaded_when_it_is_asked_for, Served) {
    using As = StandInDaemon::As;
    daemon.put("listed", "listed", As::listed);
    daemon.put("unhashed", "unhashed", As::unhashed);
    BOOST_TEST(getfile(proxy.getfile_server(), "/listed") == getfile_ok("listed"));
    BOOST_TEST(getfile(proxy.legacy_server(), "/unhashed") == legacy_ok("unhashed"));
}

BOOST_FIXTURE_TEST_CASE(content_that_is_not_loaded_in_time_is_an_error, Published) {
    settings.load_timeout = 200ms;
    daemon.serve_wants(false);
    daemon.put("listed", "x", StandInDaemon::As::listed);
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());

    BOOST_TEST(getfile(proxy.getfile_server(), "/listed") == getfile_error);
    BOOST_TEST(getfile(proxy.legacy_server(), "/listed") == legacy_error);
}

BOOST_AUTO_TEST_CASE(who_comes_before_the_first_scan_is_through_waits_for_it) {
    InstanceGuard instance;
    std::optional<StandInDaemon> daemon;
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.load_timeout = 60s;  // beyond a test's patience: it is not the deadline that answers
    ProxyInProcess proxy(instance, settings);
    std::vector<HttpConnection> waiting;
    for (const auto* const path : {"/f", "/missing"}) {
        waiting.emplace_back(proxy.getfile_server());
        waiting.back().send_bytes(getfile_request(path));
    }
    BOOST_TEST(proxy.wait_for_subscribers(2));

    daemon.emplace(instance);
    daemon->put("f", "one");

    BOOST_TEST(receive_all(waiting[0]) == getfile_ok("one"));
    BOOST_TEST(!waiting[1].has_answer(100ms));
    daemon->complete_scan();
    BOOST_TEST(receive_all(waiting[1]) == getfile_not_found);
}

BOOST_AUTO_TEST_CASE(without_a_daemon_it_is_an_error_in_the_end) {
    const InstanceGuard instance;
    auto settings = ProxyInProcess::quick_settings(instance);
    settings.load_timeout = 100ms;
    const ProxyInProcess proxy(instance, settings);

    BOOST_TEST(getfile(proxy.getfile_server(), "/f") == getfile_error);
    BOOST_TEST(getfile(proxy.legacy_server(), "/f") == legacy_error);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changes_is_sent_whole_as_it_was_begun, Served) {
    const std::string before(8 << 20, 'a');
    daemon.put("large", before);
    HttpConnection slow(with_small_buffer(proxy.getfile_server()));
    slow.send_bytes(getfile_request("/large"));
    std::string answer = receive_until(slow, 1);

    daemon.put("large", std::string(9 << 20, 'b'));

    BOOST_TEST((getfile(proxy.getfile_server(), "/large") == getfile_ok(std::string(9 << 20, 'b')))
    );
    daemon.remove("large");
    answer += receive_rest(slow);
    BOOST_TEST((answer == getfile_ok(before)));
}

BOOST_FIXTURE_TEST_CASE(superseded_content_is_taken_from_the_slowest_beyond_the_limit, Published) {
    constexpr std::size_t size = 8 << 20;
    settings.pinned_bytes_max = size - 1;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    daemon.put("f", std::string(size, 'a'));
    HttpConnection slow(with_small_buffer(proxy.getfile_server()));
    slow.send_bytes(getfile_request("/f"));
    std::string answer = receive_until(slow, 1);

    daemon.put("f", "small");

    // A body that cannot be finished ends early; it is never filled up.
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0;
    }));
    answer += receive_rest(slow);
    BOOST_TEST(answer.starts_with("GETFILE OK " + std::to_string(size) + "\r\n\r\naaa"));
    BOOST_TEST(answer.size() < size);
    BOOST_TEST((answer.find_first_not_of('a', answer.find("\r\n\r\n") + 4) == answer.npos));
}

BOOST_FIXTURE_TEST_CASE(a_client_that_takes_nothing_is_dropped, Published) {
    daemon.put("f", std::string(20 << 20, 'x'));
    settings.send_timeout = 300ms;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    HttpConnection stuck(with_small_buffer(proxy.legacy_server()));
    stuck.send_bytes(getfile_request("/f"));
    BOOST_TEST_REQUIRE(stuck.has_answer(patience));

    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 0;
    }));
}

BOOST_FIXTURE_TEST_CASE(shutdown_turns_waiters_away_and_finishes_answers, Served) {
    daemon.serve_wants(false);
    daemon.put("listed", "x", StandInDaemon::As::listed);
    const std::string large(20 << 20, 'x');
    daemon.put("large", large);
    HttpConnection idle(proxy.getfile_server());
    HttpConnection waiting(proxy.getfile_server());
    waiting.send_bytes(getfile_request("/listed"));
    HttpConnection receiving(with_small_buffer(proxy.getfile_server()));
    receiving.send_bytes(getfile_request("/large"));
    std::string answer = receive_until(receiving, 1);
    BOOST_TEST(proxy.wait_for_subscribers(1));
    BOOST_TEST(poll_until([&] {
        return proxy.connections() == 3;
    }));

    proxy.stop();

    BOOST_TEST(receive_all(waiting) == getfile_error);
    BOOST_TEST(idle.is_closed_by_server());
    answer += receive_rest(receiving);
    BOOST_TEST((answer == getfile_ok(large)));
    BOOST_CHECK_THROW(HttpConnection(proxy.getfile_server()), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
