// What GETFILE clients do to connections: pieces, padding, half-closing, never closing, leaving.
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"
#include "test/support/getfile_client.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include <sys/socket.h>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(getfile_connections)

namespace {

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);

    Published() { daemon.complete_scan(); }
};

/// With a proxy that serves `/f`.
struct Served : Published {
    ProxyInProcess proxy{instance, settings};

    Served() {
        daemon.put("f", "one");
        BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    }
};

HttpServer with_small_buffer(HttpServer server) {
    server.receive_buffer_bytes = 4096;
    return server;
}

/// Bytes of a header in front of a body that is longer than any socket's buffers.
std::string receive_until(HttpConnection& connection, std::size_t bytes) {
    std::string got;
    while (got.size() < bytes) {
        const auto more = connection.receive_bytes();
        if (more.empty())
            break;
        got += more;
    }
    return got;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_is_sent_in_the_dialect_of_its_listener, Served) {
    BOOST_TEST(getfile(proxy.getfile_server(), "/f") == "GETFILE OK 3\r\n\r\none");
    BOOST_TEST(getfile(proxy.legacy_server(), "/f") == "GETFILE OK 3 one");
}

BOOST_FIXTURE_TEST_CASE(a_missing_file_is_the_clients_mistake, Served) {
    daemon.remove("f");
    daemon.make_directory("d");
    daemon.make_unavailable("private", ipc::UnavailableReason::private_file);
    const std::string name_too_long(256, 'n');
    for (const std::string path :
         {"/missing",
          "/f",
          "/d",
          "/d/",
          "/",
          "//f",
          "/f/",
          "/../f",
          "/./f",
          "/private",
          "/\xFF",
          "/f%20",
          "/f  ",  // a blank of the name, and one that is a habit of clients
          "/a\tb"}) {
        BOOST_TEST(getfile(proxy.getfile_server(), path) == getfile_not_found, path);
        BOOST_TEST(getfile(proxy.legacy_server(), path) == legacy_not_found, path);
    }
    BOOST_TEST(getfile(proxy.getfile_server(), '/' + name_too_long) == getfile_not_found);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_had_is_the_servers_fault, Served) {
    using ipc::UnavailableReason;
    for (const auto reason :
         {UnavailableReason::unreadable,
          UnavailableReason::too_large,
          UnavailableReason::no_memory,
          UnavailableReason::unstable}) {
        daemon.make_unavailable("f", reason);
        BOOST_TEST(getfile(proxy.getfile_server(), "/f") == getfile_error);
        BOOST_TEST(getfile(proxy.legacy_server(), "/f") == legacy_error);
    }
}

BOOST_FIXTURE_TEST_CASE(a_malformed_request_is_said_to_be_or_the_connection_ends, Served) {
    const std::string requests[] = {
        "GET /f HTTP/1.1\r\nHost: h\r\n\r\n",
        "getfile GET /f\r\n\r\n",
        "GETFILE PUT /f\r\n\r\n",
        "GETFILE  GET /f\r\n\r\n",
        "GETFILE GET  /f\r\n\r\n",
        "GETFILE\tGET\t/f\r\n\r\n",
        "GETFILE GET f\r\n\r\n",
        std::string("GETFILE GET /f\0\r\n\r\n", 19),
        "GETFILE GET /f\n\n",
        "GETFILE GET /f\r\nHost: h\r\n\r\n",
        getfile_request('/' + std::string(4096, 'p')),  // one byte more than a path may have
        std::string(100'000, 'x'),
    };
    for (const std::string& request : requests) {
        const std::string what = request.substr(0, 40);
        BOOST_TEST(getfile_exchange(proxy.getfile_server(), request) == getfile_invalid, what);
        BOOST_TEST(getfile_exchange(proxy.legacy_server(), request) == "", what);
    }
}

BOOST_FIXTURE_TEST_CASE(the_longest_path_is_found, Served) {
    std::string path;
    while (path.size() < 4095 - 200)
        path += std::string(199, 'd') + '/';
    path += std::string(4095 - path.size(), 'f');
    daemon.put(path, "deep");

    BOOST_TEST(getfile(proxy.getfile_server(), '/' + path) == getfile_ok("deep"));
    BOOST_TEST(getfile(proxy.legacy_server(), '/' + path) == legacy_ok("deep"));
    BOOST_TEST(
        getfile_exchange(proxy.getfile_server(), "GETFILE GET /" + path + " \r\n\r\n") ==
        getfile_ok("deep")
    );
}

BOOST_FIXTURE_TEST_CASE(a_name_is_raw_bytes_with_blanks_and_percent_signs, Served) {
    for (const std::string name : {"a b", "a  b", " a", "100%", "%41", "a+b", "\xC3\xA4", "a\tb"}) {
        daemon.put(name, name);
        BOOST_TEST(getfile(proxy.getfile_server(), '/' + name) == getfile_ok(name));
    }
    for (const std::string name : {"a ", "a   "}) {
        daemon.put(name, name);
        BOOST_TEST(getfile(proxy.getfile_server(), '/' + name + ' ') == getfile_ok(name));
    }
}

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
