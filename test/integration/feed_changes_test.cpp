// GET and POST /v1/changes with a cursor: real workers and sockets, and a writer of the catalog in
// the test process.
#include "test/integration/feed_fixture.hpp"

using namespace treecast::test::feed_cases;

BOOST_AUTO_TEST_SUITE(feed)

BOOST_FIXTURE_TEST_CASE(what_changed_is_listed_in_order_each_file_once, Feed) {
    daemon.put("a", "1");
    daemon.put("conf/b", "1");
    const std::string cursor = cursor_of(ask(""));
    daemon.put("conf/b", "2");
    daemon.put("a", "2");
    const Version version = daemon.put("conf/b", "3");
    daemon.put("c", "1");
    daemon.remove("c");
    daemon.make_unavailable("d", ipc::UnavailableReason::private_file);

    const json::object answer = ask("after=" + cursor);
    BOOST_TEST(paths_of(answer) == "a conf/b [c] d");
    BOOST_TEST(!is(answer, "reset"));
    BOOST_TEST(!is(answer, "more"));
    const json::array& changes = answer.at("changes").as_array();
    BOOST_TEST(changes[1].at("version").as_string() == to_string(version));
    BOOST_TEST(changes[1].at("sha256").as_string() == to_hex(sha256_of("3")));
    BOOST_TEST(changes[3].at("unavailable").as_string() == "private");

    BOOST_TEST(paths_of(ask("after=" + cursor + "&prefix=conf/")) == "conf/b");
    BOOST_TEST(paths_of(ask("after=" + cursor + "&path=a&path=d&path=none")) == "a d");
    BOOST_TEST(paths_of(ask("after=" + cursor + "&glob=**/b&glob=?")) == "a conf/b [c] d");
    BOOST_TEST(paths_of(ask("after=" + cursor_of(answer))) == "");
}

BOOST_FIXTURE_TEST_CASE(a_held_request_is_answered_by_what_concerns_it_alone, Feed) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    const std::string cursor = cursor_of(ask("path=a"));
    HttpConnection held = poll("path=a&wait=30&after=" + cursor);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.put("b", "2");
    BOOST_TEST(!held.has_answer(a_while));
    daemon.put("a", "2");
    const json::object answer = answer_in(held.receive());
    BOOST_TEST(paths_of(answer) == "a");
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(all_who_wait_get_it_whatever_their_cursor_and_limit, Feed) {
    daemon.put("d/a", "1");
    const std::string first = cursor_of(ask("prefix=d/"));
    daemon.put("e", "1");
    const std::string second = cursor_of(ask("prefix=d/"));
    constexpr unsigned each = 200;  // more than a turn has
    std::vector<HttpConnection> held;
    for (unsigned i = 0; i < each; ++i) {
        held.push_back(poll("prefix=d/&wait=30&after=" + first));
        held.push_back(poll("wait=30&limit=1&glob=d/*&after=" + second));
    }
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(2 * each));
    daemon.put("d/a", "2");
    for (HttpConnection& connection : held)
        BOOST_TEST(paths_of(answer_in(connection.receive())) == "d/a");
}

BOOST_FIXTURE_TEST_CASE(the_end_of_a_wait_brings_nothing_and_the_same_cursor, Feed) {
    daemon.put("a", "1");
    const std::string cursor = cursor_of(ask("path=a"));
    daemon.put("b", "1");
    const HttpResponse response =
        http_get(proxy.server(), "/v1/changes?path=a&wait=100ms&after=" + cursor);
    BOOST_TEST(response.header("Cache-Control") == "no-store");
    BOOST_TEST(paths_of(answer_in(response)) == "");
    BOOST_TEST(cursor_of(answer_in(response)) == cursor);
}

BOOST_FIXTURE_TEST_CASE(the_cursor_moves_on_when_the_one_sent_is_in_the_older_half, Feed) {
    daemon.put("a", "1");
    daemon.put("b", "0");
    const std::string cursor = cursor_of(ask("path=a"));
    HttpConnection held = poll("path=a&wait=60&after=" + cursor);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    for (int i = 0; i < 40'000; ++i)
        daemon.set_mode({"b"}, i % 2 == 0 ? 0600 : 0644);
    BOOST_TEST(!held.has_answer());
    const json::object answer = ask("path=a&after=" + cursor);
    BOOST_TEST(paths_of(answer) == "");
    BOOST_TEST(cursor_of(answer) != cursor);
    BOOST_TEST(paths_of(ask("after=" + cursor_of(answer))) == "");
    // More than the log holds: what is held is not lost.
    for (int i = 0; i < 40'000; ++i)
        daemon.set_mode({"b"}, i % 2 == 0 ? 0600 : 0644);
    daemon.put("a", "2");
    BOOST_TEST(paths_of(answer_in(held.receive())) == "a");
    BOOST_TEST(paths_of(ask("path=a&after=" + cursor)) == "a");
}

BOOST_FIXTURE_TEST_CASE(a_revision_is_never_cut, Feed) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    daemon.put("c", "1");
    const std::string cursor = cursor_of(ask(""));
    daemon.put("c", "2");
    daemon.set_mode({"a", "b"}, 0600);
    const json::object first = ask("limit=1&after=" + cursor);
    BOOST_TEST(paths_of(first) == "c");
    BOOST_TEST(is(first, "more"));
    const json::object second = ask("limit=1&after=" + cursor_of(first));
    BOOST_TEST(paths_of(second) == "a b");
    BOOST_TEST(!is(second, "more"));

    // One that is under way: its first file is stored already.
    daemon.put("a", "2");
    daemon.set_mode({"a", "b"}, 0644, [&] {
        const json::object answer = ask("after=" + cursor_of(second));
        BOOST_TEST(paths_of(answer) == "");
        BOOST_TEST(cursor_of(answer) == cursor_of(second));
        // A snapshot is no state of the tree then, and says so.
        BOOST_TEST(is(ask(""), "more"));
    });
    BOOST_TEST(paths_of(ask("after=" + cursor_of(second))) == "a b");
    BOOST_TEST(!is(ask(""), "more"));
}

BOOST_FIXTURE_TEST_CASE(a_request_that_is_held_over_a_publication_gets_all_of_it, Feed) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    const std::string cursor = cursor_of(ask(""));
    daemon.put("a", "2");
    daemon.put("c", "1");  // nobody waits for it yet
    BOOST_TEST(paths_of(ask("limit=9&after=" + cursor)) == "a c");
    std::optional<HttpConnection> held;
    daemon.set_mode({"a", "b"}, 0600, [&] {
        held.emplace(poll("wait=30&after=" + cursor));
        BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
        BOOST_TEST(!held->has_answer(a_while));
    });
    BOOST_TEST(paths_of(answer_in(held->receive())) == "c a b");
}

BOOST_FIXTURE_TEST_CASE(a_body_names_thousands_of_paths, Feed) {
    std::string body = R"({"paths":["none")";
    for (int i = 0; i < 3999; ++i) {
        const std::string path = "d/" + std::to_string(i);
        if (i % 100 == 0)
            daemon.put(path, "1");
        body += ",\"" + path + '"';
    }
    body += R"(],"prefixes":["e/"],"globs":["*.json"]})";
    daemon.put("e/x", "1");
    daemon.put("x.json", "1");
    daemon.put("x.jpeg", "1");
    HttpConnection connection(proxy.server());
    const auto post = [&](const std::string& parameters) {
        return connection.request("POST", "/v1/changes?" + parameters, {}, body);
    };
    const HttpResponse response = post("");
    BOOST_TEST(response.header("Cache-Control") == "no-store");
    const json::object answer = answer_in(response);
    BOOST_TEST(set_of_paths(answer).size() == 42);
    HttpConnection other(proxy.server());
    other.send_request("POST", "/v1/changes?wait=30&after=" + cursor_of(answer), {}, body);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.put("d/17", "1");
    BOOST_TEST(paths_of(answer_in(other.receive())) == "d/17");
}

BOOST_FIXTURE_TEST_CASE(what_is_refused_is_named, Feed) {
    struct Row {
        std::string query;
        std::string body;
        std::string says;
    };
    for (const Row& row : std::vector<Row>{
             {"wiat=3", "", "'wiat'"},
             {"wait=3&wait=3", "", "'wait'"},
             {"after=1", "", "'after'"},
             {"limit=0", "", "'limit'"},
             {"path=/a", "", "'path'"},
             {"glob=a**", "", "'glob'"},
             {"prefix=%ff", "", "'prefix'"},
             {"", "{", "body"},
             {"", "[]", "body"},
             {"", R"({"paths":"a"})", "'paths'"},
             {"", R"({"paths":["a","../b"]})", "'paths'"},
             {"", R"({"after":["a"]})", "'after'"}}) {
        HttpConnection connection(proxy.server());
        const HttpResponse response = connection.request(
            row.body.empty() ? "GET" : "POST",
            "/v1/changes?" + row.query,
            {},
            row.body
        );
        BOOST_TEST(response.status == 400);
        BOOST_TEST((response.body.find(row.says) != std::string::npos), response.body);
    }
    HttpConnection connection(proxy.server());
    const std::string long_body(2 << 20, ' ');
    BOOST_TEST(connection.request("POST", "/v1/changes", {}, long_body).status == 413);
}

BOOST_FIXTURE_TEST_CASE(a_preferred_wait_is_applied, Feed) {
    daemon.put("a", "1");
    const std::string cursor = cursor_of(ask("path=a"));
    HttpConnection connection(proxy.server());
    connection.send_request(
        "GET",
        "/v1/changes?path=a&after=" + cursor,
        {{"Prefer", "modes=snapshot;wait=30"}}
    );
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.put("a", "2");
    const HttpResponse response = connection.receive();
    BOOST_TEST(response.header("Preference-Applied") == "wait=30");
    BOOST_TEST(response.header("Cache-Control") == "no-store");
    BOOST_TEST(paths_of(answer_in(response)) == "a");
}

BOOST_FIXTURE_TEST_CASE(a_feed_that_is_held_ends_with_its_client_and_with_the_server, Feed) {
    daemon.put("a", "1");
    const std::string cursor = cursor_of(ask("path=a"));
    HttpConnection gone = poll("path=a&wait=30&after=" + cursor);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    gone.shutdown_send();
    BOOST_TEST(proxy.wait_for_subscribers(0));
    HttpConnection held = poll("path=a&wait=30&after=" + cursor);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    proxy.stop();
    const HttpResponse response = held.receive();
    BOOST_TEST(response.header("Connection") == "close");
    BOOST_TEST(cursor_of(answer_in(response)) == cursor);
}

BOOST_AUTO_TEST_SUITE_END()
