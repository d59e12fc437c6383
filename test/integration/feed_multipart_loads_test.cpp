// Answers of the feed with contents that have to be loaded first, or change while they are sent.
#include "test/integration/feed_multipart_fixture.hpp"

using namespace treecast::test::feed_multipart_cases;

BOOST_AUTO_TEST_SUITE(feed_multipart_loads)

namespace {

using As = StandInDaemon::As;

/// Another proxy, which waits less long for contents.
struct Impatient : MultipartFeed {
    static proxy::Settings settings_of(const InstanceGuard& instance) {
        proxy::Settings settings = ProxyInProcess::quick_settings(instance);
        settings.load_timeout = 300ms;
        return settings;
    }
    Impatient() { BOOST_TEST_REQUIRE(impatient.wait_until_ready()); }
    ProxyInProcess impatient{instance, settings_of(instance)};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(contents_are_loaded_on_the_way, MultipartFeed) {
    for (int i = 0; i < 1000; ++i)
        daemon.put(
            "d/" + std::to_string(i),
            "content of " + std::to_string(i),
            i % 2 == 0 ? As::unhashed : As::listed
        );
    daemon.put("d/large", std::string(70'000, 'x'), As::unhashed);
    HttpConnection connection = send("prefix=d/");
    const HttpResponse response = connection.receive();
    BOOST_TEST(response.header("Transfer-Encoding") == "chunked");
    const MultipartAnswer answer = MultipartAnswer::read(response);
    BOOST_TEST_REQUIRE(answer.files.size() == 1001U);
    BOOST_TEST(!answer.more());
    for (const FilePart& file : answer.files)
        if (file.path != "d/large")
            BOOST_TEST(file.body == "content of " + file.path.substr(2));
        else
            // Its hash was waited for.
            BOOST_TEST(
                file.field("Treecast-SHA256") == to_hex(sha256_of(std::string(70'000, 'x')))
            );
    // The connection is kept.
    connection.send_request("GET", "/v1/files/d/1");
    BOOST_TEST(connection.receive().body == "content of 1");
}

BOOST_FIXTURE_TEST_CASE(an_answer_without_a_known_length_ends_as_its_protocol_does, MultipartFeed) {
    for (int i = 0; i < 100; ++i)
        daemon.put("d/" + std::to_string(i), "1", As::unhashed);
    for (const std::string fields :
         {"HTTP/1.0\r\n",
          "HTTP/1.0\r\nConnection: keep-alive\r\n",
          "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"}) {
        HttpConnection connection(proxy.server());
        connection.send_bytes(
            "GET /v1/changes?prefix=d/ " + fields + "Accept: multipart/mixed\r\n\r\n"
        );
        const HttpResponse response = connection.receive_answer_to("GET");
        BOOST_TEST(response.header("Connection") == "close");
        BOOST_TEST(response.has_header("Transfer-Encoding") == fields.starts_with("HTTP/1.1"));
        BOOST_TEST(MultipartAnswer::read(response).files.size() == 100U);
        BOOST_TEST(connection.is_closed_by_server());
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_not_loaded_in_time_is_left_out, Impatient) {
    daemon.serve_wants(false);
    daemon.put("a", "1");
    for (int i = 0; i < 300; ++i)  // more than are wanted at once
        daemon.put("b" + std::to_string(i), "1", i % 2 == 0 ? As::unhashed : As::listed);
    daemon.put("c", "1");
    const auto begin = std::chrono::steady_clock::now();
    const MultipartAnswer answer =
        MultipartAnswer::read(send("glob=*", impatient.server()).receive());
    // One wait is in vain, not one for each file.
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    BOOST_TEST_REQUIRE(answer.files.size() == 302U);
    BOOST_TEST(answer.files.front().body == "1");
    BOOST_TEST(answer.files[1].field("Treecast-Event") == "change");
    BOOST_TEST(answer.files[1].field("Treecast-Reason") == "not_loaded");
    BOOST_TEST(answer.files[1].field("Treecast-Size") == "1");
    BOOST_TEST(answer.files.back().body == "1");
}

BOOST_FIXTURE_TEST_CASE(a_part_may_be_newer_than_listed_and_then_says_more, MultipartFeed) {
    daemon.serve_wants(false);
    daemon.put("a", "1", As::unhashed);
    daemon.put("b", "1");
    daemon.put("c", "1");
    const std::string cursor = cursor_of(ask(""));
    HttpConnection streamed = send("");
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    BOOST_TEST_REQUIRE(poll_until([&] {
        return daemon.wants() != 0;
    }));
    daemon.put("b", "2");
    daemon.remove("c");
    daemon.serve_wants(true);
    const MultipartAnswer answer = MultipartAnswer::read(streamed.receive());
    BOOST_TEST(answer.text() == "a=1 b=2 [c]");
    BOOST_TEST(answer.cursor() == cursor);
    BOOST_TEST(!answer.beginning.at("more").as_bool());
    BOOST_TEST(answer.more());
    const MultipartAnswer rest = read("after=" + answer.cursor());
    BOOST_TEST(rest.text() == "b=2 [c]");
    BOOST_TEST(!rest.more());
}

BOOST_FIXTURE_TEST_CASE(a_part_of_a_publication_under_way_is_no_state, MultipartFeed) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    std::string cursor;
    daemon.set_mode({"a", "b"}, 0600, [&] {
        const MultipartAnswer answer = read("");
        BOOST_TEST(answer.text() == "a=1 b=1");
        BOOST_TEST(answer.files.front().field("Treecast-Mode") == "0600");
        BOOST_TEST(answer.more());
        cursor = answer.cursor();
    });
    const MultipartAnswer rest = read("after=" + cursor);
    BOOST_TEST(rest.text() == "a=1 b=1");
    BOOST_TEST(!rest.more());
}

BOOST_FIXTURE_TEST_CASE(a_deleted_file_ends_the_wait_for_it, MultipartFeed) {
    daemon.serve_wants(false);
    daemon.put("a", "1", As::unhashed);
    daemon.put("b", "1", As::unhashed);
    daemon.put("c", "1");
    HttpConnection streamed = send("");
    BOOST_TEST_REQUIRE(poll_until([&] {
        return daemon.wants() != 0;
    }));
    daemon.remove("a");
    daemon.make_unavailable("b", ipc::UnavailableReason::too_large);
    const MultipartAnswer answer = MultipartAnswer::read(streamed.receive());
    BOOST_TEST(answer.text() == "[a] b? c=1");
    BOOST_TEST(answer.more());
}

BOOST_FIXTURE_TEST_CASE(an_evicted_file_is_loaded_again, MultipartFeed) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    daemon.evict("b");
    BOOST_TEST(read("").text() == "a=1 b=1");
}

BOOST_FIXTURE_TEST_CASE(nothing_is_kept_for_clients_that_leave, MultipartFeed) {
    daemon.serve_wants(false);
    daemon.put("a", "1", As::unhashed);
    std::vector<HttpConnection> clients;
    for (int i = 0; i < 20; ++i)
        clients.push_back(send(""));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(20));
    // One that has ended its half is still answered.
    clients.front().shutdown_send();
    for (std::size_t i = 1; i < clients.size(); ++i)
        clients[i].reset();
    BOOST_TEST(proxy.wait_for_subscribers(1));
    daemon.serve_wants(true);
    BOOST_TEST(MultipartAnswer::read(clients.front().receive()).text() == "a=1");
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_cannot_be_completed_is_cut_off, MultipartFeed) {
    daemon.serve_wants(false);
    daemon.put("a", "1");
    daemon.put("b", "1", As::unhashed);
    HttpConnection chunked = send("");
    HttpConnection bare(proxy.server());
    bare.send_bytes("GET /v1/changes HTTP/1.0\r\nAccept: multipart/mixed\r\n\r\n");
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(2));
    proxy.stop();
    BOOST_CHECK_THROW(chunked.receive(), std::runtime_error);
    BOOST_CHECK_THROW(MultipartAnswer::read(bare.receive_answer_to("GET")), WrongAnswer);
}

BOOST_AUTO_TEST_CASE(another_catalog_cuts_an_answer_off) {
    const InstanceGuard instance;
    auto daemon = std::make_unique<StandInDaemon>(instance);
    daemon->complete_scan();
    daemon->serve_wants(false);
    daemon->put("a", "1", As::unhashed);
    ProxyInProcess proxy(instance);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    HttpConnection streamed(proxy.server());
    streamed.send_request("GET", "/v1/changes", {{"Accept", "multipart/mixed"}});
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.reset();
    daemon = std::make_unique<StandInDaemon>(instance);
    daemon->complete_scan();
    BOOST_CHECK_THROW(streamed.receive(), std::runtime_error);
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(superseded_contents_of_slow_readers_count_as_pinned, MultipartFeed) {
    constexpr std::size_t size = 8 << 20;
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);
    settings.pinned_bytes_max = 2 * size + 1;
    ProxyInProcess limited(instance, settings);
    BOOST_TEST_REQUIRE(limited.wait_until_ready());
    HttpServer server = limited.server();
    server.receive_buffer_bytes = 4096;
    std::vector<HttpConnection> slow;
    for (int i = 0; i < 4; ++i) {
        daemon.put("f", std::string(size, static_cast<char>('a' + i)));
        daemon.put("g", std::string(size, static_cast<char>('a' + i)));
        slow.push_back(send("part_max=16M&path=f", server));
        BOOST_TEST_REQUIRE(slow.back().has_answer(patience));
    }
    // Three of the four versions are superseded, one more than there is room for.
    BOOST_TEST(poll_until([&] {
        return limited.connections() == 3;
    }));
    // An answer of two contents holds both, whichever it is sending.
    slow.push_back(send("part_max=16M&path=f&path=g", server));
    BOOST_TEST_REQUIRE(slow.back().has_answer(patience));
    daemon.put("g", "small");
    BOOST_TEST(poll_until([&] {
        return limited.connections() <= 3;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
