#include "test/e2e/held_poll_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(held_poll)

using namespace treecast::test::held_poll_cases;

BOOST_AUTO_TEST_CASE(the_end_of_the_wait_is_304_or_204) {
    const Serving serving(Files{{"f", "one"}});
    const auto first = serving.get("f");
    const auto version = version_of(first);
    const auto start = std::chrono::steady_clock::now();

    HttpConnection connection(serving.server());
    const auto not_modified = connection.get(
        "/v1/files/f?wait=1&after=" + version,
        {{"If-None-Match", first.header("ETag")}}
    );
    const auto took = std::chrono::steady_clock::now() - start;
    const auto no_content = serving.poll("f", "wait=100ms&after=" + version).receive();
    const auto at_once = serving.poll("f", "after=" + version).receive();

    BOOST_TEST(not_modified.status == 304);
    BOOST_TEST(not_modified.header("ETag") == first.header("ETag"));
    BOOST_TEST(version_of(not_modified) == version);
    BOOST_TEST((took >= 937ms));
    BOOST_TEST(no_content.status == 204);
    BOOST_TEST(version_of(no_content) == version);
    BOOST_TEST(!no_content.has_header("ETag"));
    BOOST_TEST(at_once.status == 204);
}

BOOST_AUTO_TEST_CASE(a_deletion_answers_the_held_poll) {
    const Serving serving(Files{{"f", "one"}});
    const auto version = version_of(serving.get("f"));
    auto poll = serving.poll("f", "wait=30&after=" + version);
    BOOST_TEST(serving.wait_for_subscribers(1));

    ::unlink((serving.tree() / "f").c_str());

    const auto response = poll.receive();
    BOOST_TEST(response.status == 404);
    BOOST_TEST(version_of(response) != version);
    BOOST_TEST((parse_version(version_of(response))->revision > parse_version(version)->revision));

    // Whoever missed it learns of it at once; whoever has learnt of it waits.
    const auto late = serving.poll("f", "wait=30&after=" + version).receive();
    BOOST_TEST(late.status == 404);
    BOOST_TEST(version_of(late) == version_of(response));
    auto waiting = serving.poll("f", "wait=30&after=" + version_of(response));
    BOOST_TEST(!waiting.has_answer(a_while));
    serving.tree().write("f", "again");
    BOOST_TEST(waiting.receive().body == "again");
}

BOOST_AUTO_TEST_CASE(absent_without_after_is_held_until_it_exists) {
    const Serving serving;
    auto poll = serving.poll("new/deep/file", "wait=30");
    BOOST_TEST(!poll.has_answer(a_while));

    serving.tree().write("new/deep/file", "here");

    const auto response = poll.receive();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "here");
}

BOOST_AUTO_TEST_CASE(absent_at_the_end_of_the_wait_is_404_with_the_same_version) {
    const Serving serving(Files{{"other", "x"}});

    const auto first = serving.poll("f", "wait=100ms").receive();
    const auto second = serving.poll("f", "wait=100ms&after=" + version_of(first)).receive();

    BOOST_TEST(first.status == 404);
    BOOST_TEST_REQUIRE(parse_version(version_of(first)).has_value());
    BOOST_TEST(second.status == 404);
    BOOST_TEST(version_of(second) == version_of(first));
}

BOOST_AUTO_TEST_CASE(head_is_held_as_get_is) {
    const Serving serving(Files{{"f", "one"}});
    const auto version = version_of(serving.get("f"));
    HttpConnection poll(serving.server());
    poll.send_request("HEAD", "/v1/files/f?wait=30&after=" + version);
    BOOST_TEST(!poll.has_answer(a_while));

    serving.tree().write("f", "longer");

    const auto response = poll.receive();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.header("Content-Length") == "6");
    BOOST_TEST(response.body.empty());
}

BOOST_AUTO_TEST_CASE(a_wait_beyond_the_maximum_is_cut) {
    const Serving serving(Files{{"f", "one"}}, {"--max-wait", "1"});
    const auto version = version_of(serving.get("f"));

    const auto response = serving.poll("f", "wait=100000&after=" + version).receive();

    BOOST_TEST(response.status == 204);
}

BOOST_AUTO_TEST_CASE(becoming_private_answers_the_held_poll) {
    const Serving serving(Files{{"f", "one"}});
    auto poll = serving.poll("f", "wait=30&after=" + version_of(serving.get("f")));
    BOOST_TEST(serving.wait_for_subscribers(1));

    ::chmod((serving.tree() / "f").c_str(), 0600);

    BOOST_TEST(poll.receive().status == 403);
}

BOOST_AUTO_TEST_CASE(who_waits_together_gets_each_its_own_answer) {
    const Serving serving(Files{{"f", "two"}});
    const auto tag_of_two = serving.get("f").header("ETag");
    serving.tree().replace("f", "one");
    serving.sync();
    const auto first = serving.get("f");
    const std::string plain = "?wait=30&after=" + version_of(first);
    const HttpHeaders prefer{{"Prefer", "wait=30"}, {"If-None-Match", first.header("ETag")}};
    struct Asked {
        std::string method;
        std::string query;
        HttpHeaders headers;
        unsigned status;
        std::string body;
        std::string preference;
        bool closes;
    };
    const std::vector<Asked> kinds{
        {"GET", plain, {}, 200, "two", "", false},
        {"HEAD", plain, {}, 200, "", "", false},
        {"GET", plain, {{"Range", "bytes=1-1"}}, 206, "w", "", false},
        {"GET", plain, {{"Range", "bytes=2-2"}}, 206, "o", "", false},
        {"GET", plain, {{"If-None-Match", tag_of_two}}, 304, "", "", false},
        {"GET", plain, {{"If-None-Match", first.header("ETag")}}, 200, "two", "", false},
        {"GET", "", prefer, 200, "two", "wait=30", false},
        {"GET", plain, {{"Connection", "close"}}, 200, "two", "", true},
    };
    std::vector<std::pair<const Asked*, HttpConnection>> polls;
    // Each beside its like, and each after each of the others.
    for (std::size_t step = 1; step < kinds.size(); ++step)
        for (std::size_t i = 0; i < kinds.size(); ++i)
            for (const std::size_t kind : {i, i, (i + step) % kinds.size()}) {
                const Asked& asked = kinds[kind];
                HttpConnection& poll =
                    polls.emplace_back(&asked, HttpConnection(serving.server())).second;
                poll.send_request(asked.method, "/v1/files/f" + asked.query, asked.headers);
            }
    BOOST_TEST(serving.wait_for_subscribers(polls.size()));

    serving.tree().replace("f", "two");

    for (auto& [asked, poll] : polls) {
        const auto response = poll.receive();
        BOOST_TEST_CONTEXT(asked->method << ' ' << asked->query << ' ' << asked->status) {
            BOOST_TEST(response.status == asked->status);
            BOOST_TEST(response.body == asked->body);
            BOOST_TEST(version_of(response) != version_of(first));
            BOOST_TEST(response.header("Preference-Applied") == asked->preference);
            BOOST_TEST((response.header("Connection") == "close") == asked->closes);
        }
        if (asked->closes)
            BOOST_TEST(poll.is_closed_by_server());
    }
}

BOOST_AUTO_TEST_CASE(over_a_unix_socket_all_is_the_same) {
    const TemporaryDirectory sockets;
    HttpServer local;
    local.unix_path = sockets / "http.sock";
    const std::string large(3 << 20, 'x');
    const Serving serving(
        Files{{"f", "one"}, {"large", large}},
        {"--listen=unix:" + local.unix_path}
    );
    HttpConnection connection(local);
    const auto version = version_of(connection.get("/v1/files/f"));
    BOOST_TEST(connection.get("/v1/files/large").body == large);
    connection.send_request("GET", "/v1/files/f?wait=30&after=" + version);
    HttpConnection leaving(local);
    leaving.send_request("GET", "/v1/files/f?wait=30&after=" + version);
    BOOST_TEST(serving.wait_for_subscribers(2));

    leaving.shutdown_send();
    BOOST_TEST(leaving.is_closed_by_server());
    BOOST_TEST(serving.wait_for_subscribers(1));
    serving.tree().write("f", "two");

    BOOST_TEST(connection.receive().body == "two");
    connection.send_request("GET", "/v1/files/large", {{"Connection", "close"}});
    BOOST_TEST(connection.receive().body == large);
    BOOST_TEST(connection.is_closed_by_server());
}

BOOST_AUTO_TEST_SUITE_END()
