#include "test/integration/published_to_subscriber_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(published_to_subscriber)

using namespace treecast::test::published_to_subscriber_cases;

BOOST_FIXTURE_TEST_CASE(the_end_of_a_wait_is_304_or_204, Published) {
    const std::string after = to_string(daemon.put("f", "one"));
    const std::string tag = entity_tag("one");
    const std::string date = proxy.get("f").header("Last-Modified");
    const auto start = std::chrono::steady_clock::now();

    const auto response = proxy.poll("f?wait=1&after=" + after, {{"If-None-Match", tag}}).receive();

    const auto took = std::chrono::steady_clock::now() - start;
    BOOST_TEST(response.status == 304u);
    BOOST_TEST(response.header("ETag") == tag);
    BOOST_TEST(response.header("Treecast-Version") == after);
    BOOST_TEST(response.header("Cache-Control") == "no-store");
    BOOST_TEST((took >= 937ms));
    struct {
        HttpHeaders headers;
        unsigned status;
    } const cases[] = {
        {{}, 204},
        {{{"If-None-Match", tag}}, 304},
        {{{"If-None-Match", "*"}}, 304},
        {{{"If-None-Match", entity_tag("outdated")}}, 204},
        {{{"If-None-Match", entity_tag("outdated")}, {"If-Modified-Since", date}}, 204},
        {{{"If-Modified-Since", date}}, 304},
        {{{"If-Modified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"}}, 204},
    };
    for (const auto& each : cases)
        for (const std::string wait : {"", "&wait=50ms"}) {
            const auto end = proxy.get("f?after=" + after + wait, each.headers);
            BOOST_TEST(end.status == each.status);
            BOOST_TEST(end.header("ETag") == (each.status == 304 ? tag : ""));
            BOOST_TEST(end.header("Treecast-Version") == after);
            BOOST_TEST(end.header("Cache-Control") == "no-store");
            BOOST_TEST(!end.has_header("Content-Length"));
        }
    BOOST_TEST(proxy.get("f?wait=50ms", {{"If-None-Match", "*"}}).status == 304u);
    BOOST_TEST(proxy.get("f?wait=50ms&idle=204&after=" + after).status == 400u);
    BOOST_TEST(proxy.get("none?wait=50ms").status == 404u);
    BOOST_TEST(proxy.get("none?wait=50ms&after=" + after).header("Treecast-Version") == after);
}

BOOST_FIXTURE_TEST_CASE(preconditions_are_judged_by_what_would_be_answered, Published) {
    const std::string version = to_string(daemon.put("f", "one"));
    const std::string tag = entity_tag("one");
    const std::string date = proxy.get("f").header("Last-Modified");
    struct {
        HttpHeaders headers;
        unsigned status;
    } const cases[] = {
        {{{"If-Match", tag}}, 200},
        {{{"If-Match", "\"x\""}, {"If-Match", tag}}, 200},
        {{{"If-Match", "*"}}, 200},
        {{{"If-Match", "W/" + tag}}, 412},
        {{{"If-Match", "\"x\""}}, 412},
        {{{"If-Match", tag}, {"Range", "bytes=1-"}}, 206},
        {{{"If-Match", "\"x\""}, {"Range", "bytes=1-"}}, 412},
        {{{"If-Match", tag}, {"If-None-Match", tag}}, 304},
        {{{"If-Match", "\"x\""}, {"If-None-Match", tag}}, 412},
        {{{"If-Unmodified-Since", date}}, 200},
        {{{"If-Unmodified-Since", date}, {"Range", "bytes=1-"}}, 206},
        {{{"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"}}, 412},
        {{{"If-Unmodified-Since", "Fri, 14 Nov 2098 22:13:19 GMT"}}, 200},
        {{{"If-Unmodified-Since", "when the moon is full"}}, 200},
        {{{"If-Match", tag}, {"If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT"}}, 200},
    };
    for (const auto& each : cases) {
        const auto response = proxy.get("f", each.headers);
        BOOST_TEST(
            response.status == each.status,
            each.headers.back().first << ": " << each.headers.back().second << ": "
                                      << response.status
        );
        if (each.status == 412) {
            BOOST_TEST(response.header("Treecast-Version") == version);
            BOOST_TEST(response.header("Content-Type") == "application/problem+json");
            BOOST_TEST(response.header("Cache-Control") == "no-store");
        }
        auto connection = proxy.connect();
        const auto head = connection.request("HEAD", ProxyInProcess::target("f"), each.headers);
        BOOST_TEST(head.status == (each.status == 206 ? 200 : each.status));
    }
    BOOST_TEST(proxy.get("none", {{"If-Match", "*"}}).status == 412u);
    BOOST_TEST(proxy.get("none", {{"If-Unmodified-Since", date}}).status == 404u);

    auto poll = proxy.poll("f?wait=30&after=" + version, {{"If-Match", tag}});
    BOOST_TEST(!poll.has_answer(a_while));
    daemon.put("f", "two");
    BOOST_TEST(poll.receive().status == 412u);
    // The same second twice: the date may be that of either.
    BOOST_TEST(proxy.get("f", {{"If-Unmodified-Since", date}}).status == 412u);
}

BOOST_FIXTURE_TEST_CASE(a_date_of_the_future_is_never_said_nor_taken, Published) {
    const std::int64_t tomorrow = std::time(nullptr) + 86'400;
    daemon.set_mtime(tomorrow);
    daemon.put("f", "one");
    const auto first = proxy.get("f");
    const std::string date = proxy::format_http_date(tomorrow);

    BOOST_TEST(first.status == 200u);
    BOOST_TEST(!first.has_header("Last-Modified"));
    BOOST_TEST(proxy.get("f", {{"If-Modified-Since", date}}).status == 200u);
    BOOST_TEST(proxy.get("f", {{"If-Modified-Since", first.header("Date")}}).status == 200u);
    BOOST_TEST(proxy.get("f", {{"If-Range", date}, {"Range", "bytes=1-"}}).status == 200u);
    BOOST_TEST(!proxy.get("f", {{"Range", "bytes=1-"}}).has_header("Last-Modified"));
    // A prepared head is not kept beyond the moment at which the date is over.
    daemon.set_mtime(std::time(nullptr) + 2);
    daemon.put("f", "two");
    BOOST_TEST(!proxy.get("f").has_header("Last-Modified"));
    BOOST_TEST(poll_until([&] {
        return proxy.get("f").has_header("Last-Modified");
    }));
}

BOOST_FIXTURE_TEST_CASE(a_preference_holds_a_matching_condition, Published) {
    daemon.put("f", "one");
    const std::string etag = proxy.get("f").header("ETag");
    auto poll = proxy.poll("f", {{"Prefer", "respond-async, wait=30"}, {"If-None-Match", etag}});
    BOOST_TEST(!poll.has_answer(a_while));

    daemon.put("f", "two");

    const auto response = poll.receive();
    BOOST_TEST(response.body == "two");
    BOOST_TEST(response.header("Preference-Applied") == "wait=30");
    BOOST_TEST(response.header("Vary") == "Prefer");
    BOOST_TEST(response.header("Cache-Control") == "no-store");
    const auto cut = proxy.get("f", {{"Prefer", "wait=999"}});
    BOOST_TEST(cut.header("Preference-Applied") == "wait=60");
}

BOOST_AUTO_TEST_SUITE_END()
