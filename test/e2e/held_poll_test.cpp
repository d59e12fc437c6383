#include "test/e2e/held_poll_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(held_poll)

using namespace treecast::test::held_poll_cases;

BOOST_AUTO_TEST_CASE(present_without_after_or_condition_is_answered_at_once) {
    const Serving serving(Files{{"f", "one"}});

    const auto response = serving.poll("f", "wait=30").receive();

    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "one");
}

BOOST_AUTO_TEST_CASE(present_and_newer_than_after_is_answered_at_once) {
    const Serving serving(Files{{"f", "one"}});
    const auto version = version_of(serving.get("f"));

    const auto response = serving.poll("f", "wait=30&after=" + shifted(version, -1)).receive();

    BOOST_TEST(response.status == 200);
    BOOST_TEST(version_of(response) == version);
}

BOOST_AUTO_TEST_CASE(an_unknown_cursor_is_never_held_and_costs_no_body_if_the_etag_matches) {
    const Serving serving(Files{{"f", "one"}});
    const auto first = serving.get("f");
    const auto version = version_of(first);

    for (const auto& after : {of_other_epoch(version), shifted(version, 86'400'000'000)}) {
        BOOST_TEST(serving.poll("f", "wait=30&after=" + after).receive().status == 200, after);
        HttpConnection connection(serving.server());
        const auto match = connection.get(
            "/v1/files/f?wait=30&after=" + after,
            {{"If-None-Match", first.header("ETag")}}
        );
        BOOST_TEST(match.status == 304, after);
        BOOST_TEST(version_of(match) == version, after);
        BOOST_TEST(
            serving.poll("nothing", "wait=30&after=" + after).receive().status == 404,
            after
        );
    }
}

BOOST_AUTO_TEST_CASE(present_and_not_newer_is_held_until_the_content_changes) {
    const Serving serving(Files{{"f", "one"}});
    const auto version = version_of(serving.get("f"));
    auto poll = serving.poll("f", "wait=30&after=" + version);
    BOOST_TEST(!poll.has_answer(a_while));

    serving.tree().replace("f", "two");

    const auto response = poll.receive();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "two");
    BOOST_TEST(version_of(response) != version);
}

BOOST_AUTO_TEST_CASE(a_condition_with_prefer_wait_holds_like_after) {
    const Serving serving(Files{{"f", "one"}});
    const auto etag = serving.get("f").header("ETag");
    HttpConnection poll(serving.server());
    poll.send_request("GET", "/v1/files/f", {{"Prefer", "wait=30"}, {"If-None-Match", etag}});
    BOOST_TEST(!poll.has_answer(a_while));

    serving.tree().write("f", "two");

    const auto response = poll.receive();
    BOOST_TEST(response.body == "two");
    BOOST_TEST(response.header("Preference-Applied") == "wait=30");
}

BOOST_AUTO_TEST_CASE(a_condition_that_is_held_is_answered_404_when_the_file_is_deleted) {
    const Serving serving(Files{{"f", "one"}});
    const auto first = serving.get("f");
    HttpConnection by_tag(serving.server());
    by_tag.send_request(
        "GET",
        "/v1/files/f",
        {{"Prefer", "wait=300"}, {"If-None-Match", first.header("ETag")}}
    );
    HttpConnection by_date(serving.server());
    by_date.send_request(
        "GET",
        "/v1/files/f?wait=300",
        {{"If-Modified-Since", first.header("Last-Modified")}}
    );
    BOOST_TEST(!by_tag.has_answer(a_while));
    BOOST_TEST(!by_date.has_answer(a_while));

    ::unlink((serving.tree() / "f").c_str());

    for (HttpConnection* const poll : {&by_tag, &by_date}) {
        const auto response = poll->receive();
        BOOST_TEST(response.status == 404);
        BOOST_TEST(response.has_header("Treecast-Version"));
    }
}

BOOST_AUTO_TEST_CASE(any_tag_holds_until_the_version_at_arrival_is_superseded) {
    const Serving serving(Files{{"f", "one"}});
    HttpConnection poll(serving.server());
    poll.send_request("GET", "/v1/files/f?wait=30", {{"If-None-Match", "*"}});
    BOOST_TEST(!poll.has_answer(a_while));

    serving.tree().write("f", "two");

    const auto response = poll.receive();
    BOOST_TEST(response.body == "two");
    // Who sends the same request later waits for something else.
    BOOST_TEST(response.header("Cache-Control") == "no-cache");
}

BOOST_AUTO_TEST_CASE(any_tag_without_a_file_holds_until_there_is_one) {
    const Serving serving;
    HttpConnection poll(serving.server());
    poll.send_request("GET", "/v1/files/f?wait=30", {{"If-None-Match", "*"}});
    BOOST_TEST(!poll.has_answer(a_while));

    serving.tree().write("f", "one");

    const auto response = poll.receive();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "one");
}

BOOST_AUTO_TEST_SUITE_END()
