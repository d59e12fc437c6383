// GET /v1/events: real workers and sockets, and a writer of the catalog in the test process.
#include "test/integration/feed_fixture.hpp"
#include "test/support/event_client.hpp"

#include <boost/json/serialize.hpp>

using namespace treecast::test::feed_cases;

BOOST_AUTO_TEST_SUITE(feed_events)

namespace {

struct Events : Feed {
    EventClient follow(const std::string& interest, const std::string& last_event_id = {}) {
        return {proxy.server(), interest, last_event_id};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_snapshot_then_each_change_and_deletion, Events) {
    daemon.put("a", "1");
    daemon.put("conf/b", "1");
    daemon.put("conf/c", "1");
    daemon.make_unavailable("conf/d", ipc::UnavailableReason::private_file);
    EventClient client = follow("prefix=conf/");
    const auto reset = client.next();
    BOOST_TEST_REQUIRE(reset.has_value());
    BOOST_TEST(reset->type == "reset");
    BOOST_TEST(reset->id.empty());
    BOOST_TEST(client.next_until_ready() == "conf/b conf/c conf/d ready");
    const std::string cursor = client.last_event_id();
    BOOST_TEST(cursor == cursor_of(ask("")));

    daemon.put("a", "2");
    const Version version = daemon.put("conf/b", "22");
    const auto change = client.next();
    BOOST_TEST_REQUIRE(change.has_value());
    BOOST_TEST(change->type == "change");
    BOOST_TEST(change->id == to_string(version));
    const auto listed = ask("path=conf/b").at("changes").as_array().at(0);
    BOOST_TEST(change->data == json::serialize(listed));
    daemon.remove("conf/c");
    BOOST_TEST(client.next_word() == "[conf/c]");
    BOOST_TEST(client.last_event_id() == cursor_of(ask("")));
    BOOST_TEST(client.next_word(a_while).empty());
    BOOST_TEST(!client.has_ended());
}

BOOST_FIXTURE_TEST_CASE(its_head_says_that_nobody_may_keep_or_collect_it, Events) {
    EventClient client = follow("");
    BOOST_TEST(client.next_until_ready() == "reset ready");
    for (const char* const field :
         {"\r\nContent-Type: text/event-stream\r\n",
          "\r\nCache-Control: no-store\r\n",
          "\r\nX-Accel-Buffering: no\r\n",
          "\r\nConnection: close\r\n"})
        BOOST_TEST((client.head().find(field) != std::string::npos), field);
    BOOST_TEST((client.head().find("Content-Length") == std::string::npos));
    BOOST_TEST((client.head().find("Transfer-Encoding") == std::string::npos));
    const int retry = std::stoi(client.retry());
    BOOST_TEST((retry >= 1000 && retry <= 5000));

    HttpConnection connection(proxy.server());
    const HttpResponse head = connection.request("HEAD", "/v1/events?path=a");
    BOOST_TEST(head.status == 200u);
    BOOST_TEST(head.header("Content-Type") == "text/event-stream");
    BOOST_TEST(connection.get("/healthz").status == 200u);
    BOOST_TEST(connection.request("POST", "/v1/events", {}, "{}").status == 405u);

    HttpConnection old(proxy.server());
    old.send_bytes("GET /v1/events HTTP/1.0\r\n\r\n");
    std::string bytes;
    while (bytes.find("event: ready") == std::string::npos)
        bytes += old.receive_bytes();
    BOOST_TEST((bytes.find("\r\n\r\nretry: ") != std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(what_is_refused_is_named, Events) {
    for (const auto& [query, says] : std::vector<std::pair<std::string, std::string>>{
             {"wait=3", "'wait'"},
             {"limit=3", "'limit'"},
             {"after=1", "'after'"},
             {"last_event_id=x", "'last_event_id'"},
             {"path=/a", "'path'"},
             {"glob=a**", "'glob'"}}) {
        const HttpResponse response = http_get(proxy.server(), "/v1/events?" + query);
        BOOST_TEST(response.status == 400u);
        BOOST_TEST((response.body.find(says) != std::string::npos), response.body);
    }
}

BOOST_FIXTURE_TEST_CASE(a_known_id_is_continued_and_any_other_begins_anew, Events) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    const std::string cursor = cursor_of(ask(""));
    daemon.put("b", "2");
    daemon.put("c", "1");
    const std::string newest = cursor_of(ask(""));
    daemon.remove("a");
    const std::string unknown = "00000000000000ff.12";
    struct {
        std::string field;
        std::string query;
        std::string words;
    } const cases[] = {
        {cursor, "", "b c [a]"},
        {"", "after=" + cursor, "b c [a]"},
        {"", "last_event_id=" + cursor, "b c [a]"},
        {newest, "after=" + cursor, "[a]"},
        {newest, "last_event_id=" + cursor + "&after=" + unknown, "[a]"},
        {"", "last_event_id=" + newest + "&after=" + unknown, "[a]"},
        {"", "last_event_id=&after=" + newest, "[a]"},
        {"no cursor", "after=" + newest, "[a]"},
        {unknown, "", "reset b c ready"},
        {"", "after=" + unknown, "reset b c ready"},
        {"no cursor", "", "reset b c ready"},
        {cursor.substr(0, 17) + "9999999999999999", "", "reset b c ready"},
    };
    for (const auto& each : cases) {
        EventClient client = follow(each.query, each.field);
        std::string words = client.next_word();
        while (words.size() < each.words.size())
            words += ' ' + client.next_word();
        BOOST_TEST(words == each.words);
        BOOST_TEST(client.last_event_id() == cursor_of(ask("")));
        BOOST_TEST(client.next_word(10ms).empty());
    }
}

BOOST_FIXTURE_TEST_CASE(a_revision_is_sent_whole_and_its_last_event_has_the_id, Events) {
    for (const char* const path : {"a", "b", "c"})
        daemon.put(path, "1");
    EventClient client = follow("");
    BOOST_TEST(client.next_until_ready() == "reset a b c ready");
    const std::string before = client.last_event_id();
    daemon.set_mode({"a", "b", "c"}, 0600, [&] {
        BOOST_TEST(client.next_word(a_while).empty());
    });
    const std::string after = cursor_of(ask(""));
    BOOST_TEST(client.next().value().id == before);
    BOOST_TEST(client.next().value().id == before);
    BOOST_TEST(client.next().value().id == after);
}

BOOST_FIXTURE_TEST_CASE(thousands_are_woken_by_one_change, Events) {
    daemon.put("d/a", "1");
    daemon.put("e", "1");
    std::vector<EventClient> clients;
    constexpr unsigned each = 1000;
    for (unsigned i = 0; i < each; ++i) {
        clients.push_back(follow("prefix=d/"));
        clients.push_back(follow(i % 2 == 0 ? "path=d/a" : "glob=d/*"));
    }
    std::string ready = "reset d/a ready";
    for (EventClient& client : clients)
        BOOST_TEST(client.next_until_ready() == ready);
    BOOST_TEST(proxy.subscribers() == 2 * each);
    for (const char* const content : {"2", "3"}) {
        daemon.put("e", content);
        daemon.put("d/a", content);
        const std::string cursor = cursor_of(ask(""));
        for (EventClient& client : clients) {
            BOOST_TEST(client.next_word() == "d/a");
            BOOST_TEST(client.last_event_id() == cursor);
        }
    }
    clients.clear();
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(a_slow_reader_gets_the_newest_states_and_keeps_nobody_waiting, Events) {
    constexpr int files = 12'000;  // some pages
    const auto path = [](int i) {
        return "f/" + std::string(100, 'x') + std::to_string(i);
    };
    for (int i = 0; i < files; ++i)
        daemon.put(path(i), "1", StandInDaemon::As::listed);
    HttpServer server = proxy.server();
    server.receive_buffer_bytes = 4096;
    EventClient slow(server, "");
    BOOST_TEST(slow.next_word() == "reset");
    EventClient quick = follow("path=" + path(7));
    BOOST_TEST(quick.next_until_ready() == "reset " + path(7) + " ready");
    for (int i = 0; i < files; i += 2)
        daemon.put(path(i), "22", StandInDaemon::As::listed);
    daemon.put(path(7), "22", StandInDaemon::As::listed);
    daemon.remove(path(9));
    BOOST_TEST(quick.next_word() == path(7));

    const std::string newest = cursor_of(ask("path=none"));
    bool is_ready = false;
    while (slow.last_event_id() != newest) {
        const auto event = slow.next();
        BOOST_TEST_REQUIRE(event.has_value());
        is_ready = is_ready || event->type == "ready";
        BOOST_TEST_REQUIRE(event->id.empty() == !is_ready);
    }
    BOOST_TEST(slow.files().size() == files - 1u);
    for (int i = 0; i < files; ++i)
        if (i != 9) {
            const auto size = slow.files().at(path(i)).at("size").as_int64();
            BOOST_TEST_REQUIRE(size == (i % 2 == 0 || i == 7 ? 2 : 1));
        }
}

BOOST_FIXTURE_TEST_CASE(a_backlog_of_many_pages_has_an_id_at_its_end_alone, Events) {
    constexpr int files = 11'000;
    const std::string cursor = cursor_of(ask(""));
    for (int i = 0; i < files; ++i)
        daemon.put(std::to_string(i), "1", StandInDaemon::As::listed);
    const std::string newest = cursor_of(ask("path=none"));
    EventClient client = follow("", cursor);
    for (int i = 0; i < files; ++i) {
        const auto event = client.next();
        BOOST_TEST_REQUIRE(event.has_value());
        BOOST_TEST_REQUIRE(event->id == (i + 1 == files ? newest : cursor));
    }
    BOOST_TEST(client.files().size() == unsigned{files});
}

BOOST_FIXTURE_TEST_CASE(a_quiet_stream_outlives_the_log, Events) {
    daemon.put("a", "1");
    daemon.put("b", "0");
    EventClient client = follow("path=a");
    BOOST_TEST(client.next_until_ready() == "reset a ready");
    const std::string before = client.last_event_id();
    for (int i = 0; i < 80'000; ++i)
        daemon.set_mode({"b"}, i % 2 == 0 ? 0600 : 0644);
    // The heartbeat replaces the id.
    while (client.last_event_id() == before && client.comments() < 2)
        BOOST_TEST(client.next_word(1s).empty());
    BOOST_TEST(client.last_event_id() > before);
    daemon.put("a", "2");
    BOOST_TEST(client.next_word() == "a");
    BOOST_TEST(client.last_event_id() == cursor_of(ask("")));
}

BOOST_FIXTURE_TEST_CASE(it_ends_with_its_client_and_with_the_server, Events) {
    daemon.put("a", "1");
    EventClient gone = follow("");
    BOOST_TEST(gone.next_until_ready() == "reset a ready");
    gone.connection().shutdown_send();
    BOOST_TEST(proxy.wait_for_subscribers(0));
    EventClient reset = follow("");
    BOOST_TEST(reset.next_until_ready() == "reset a ready");
    reset.connection().reset();
    BOOST_TEST(proxy.wait_for_subscribers(0));

    EventClient client = follow("");
    BOOST_TEST(client.next_until_ready() == "reset a ready");
    proxy.stop();
    BOOST_TEST(client.next_word().empty());
    BOOST_TEST(client.has_ended());
}

BOOST_AUTO_TEST_SUITE_END()
