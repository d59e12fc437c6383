#include "test/integration/published_to_subscriber_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(published_to_subscriber)

using namespace treecast::test::published_to_subscriber_cases;

BOOST_FIXTURE_TEST_CASE(a_resident_file_is_served_with_its_fields, Published) {
    const Version version = daemon.put("etc/app.conf", "hello\n");

    const auto response = proxy.get("etc/app.conf");

    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "hello\n");
    BOOST_TEST(response.header("Treecast-Version") == to_string(version));
    BOOST_TEST(response.header("Treecast-SHA256") == to_hex(sha256_of("hello\n")));
    BOOST_TEST(response.header("ETag") == '"' + to_hex(sha256_of("hello\n")).substr(0, 32) + '"');
    BOOST_TEST(response.header("Content-Type") == "text/plain; charset=utf-8");
    BOOST_TEST(response.header("Last-Modified") == "Tue, 14 Nov 2023 22:13:20 GMT");
    BOOST_TEST(response.header("Accept-Ranges") == "bytes");
    BOOST_TEST(response.header("Cache-Control") == "no-cache");
    BOOST_TEST(response.header("X-Content-Type-Options") == "nosniff");
    BOOST_TEST(response.has_header("Date"));
    BOOST_TEST(!response.has_header("Treecast-Stale"));
    BOOST_TEST(daemon.wants() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_change_answers_the_held_poll_with_the_new_content, Published) {
    const Version version = daemon.put("f", "one");
    auto poll = proxy.poll("f?wait=30&after=" + to_string(version));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    daemon.put("f", "two");

    const auto response = poll.receive();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "two");
    BOOST_TEST(response.header("Cache-Control") == "public, max-age=5");
    BOOST_TEST(proxy.wait_for_subscribers(0));
}

BOOST_FIXTURE_TEST_CASE(contents_of_every_size_arrive_whole, Published) {
    for (const std::size_t size : {0u, 1u, 32768u, 32769u, 65536u, 5'000'000u}) {
        std::string content(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
            content[i] = static_cast<char>(i * 31 + i / 253);
        daemon.put("f", content);
        const auto response = proxy.get("f");
        BOOST_TEST(response.status == 200u);
        BOOST_TEST((response.body == content), size);
        auto connection = proxy.connect();
        const auto head = connection.request("HEAD", ProxyInProcess::target("f"));
        BOOST_TEST(head.header("Content-Length") == std::to_string(size));
        BOOST_TEST(head.header("ETag") == response.header("ETag"));
        BOOST_TEST(connection.get(ProxyInProcess::target("f")).body.size() == size);
    }
}

BOOST_FIXTURE_TEST_CASE(ranges_are_served_from_heap_and_from_segment, Published) {
    for (const std::size_t size : {1000u, 200'000u}) {
        std::string content(size, 'x');
        content[10] = 'A';
        content[size - 1] = 'Z';
        daemon.put("f", content);
        const std::string total = std::to_string(size);

        const auto part = proxy.get("f", {{"Range", "bytes=10-11"}});
        BOOST_TEST(part.status == 206u);
        BOOST_TEST(part.body == "Ax");
        BOOST_TEST(part.header("Content-Range") == "bytes 10-11/" + total);
        const auto etag = part.header("ETag");
        BOOST_TEST(proxy.get("f", {{"Range", "bytes=-1"}}).body == "Z");
        BOOST_TEST(proxy.get("f", {{"Range", "bytes=-1"}, {"If-Range", etag}}).status == 206u);
        BOOST_TEST(proxy.get("f", {{"Range", "bytes=-1"}, {"If-Range", "\"x\""}}).status == 200u);
        const auto none = proxy.get("f", {{"Range", "bytes=" + total + "-"}});
        BOOST_TEST(none.status == 416u);
        BOOST_TEST(none.header("Content-Range") == "bytes */" + total);
        BOOST_TEST(none.header("Content-Type") == "application/problem+json");
        BOOST_TEST(proxy.get("f", {{"Range", "bytes=0-0,2-3"}}).body.size() == size);
    }
}

BOOST_FIXTURE_TEST_CASE(conditions_save_the_body, Published) {
    daemon.put("f", "one");
    const auto first = proxy.get("f");

    const auto by_tag = proxy.get("f", {{"If-None-Match", "\"x\", W/" + first.header("ETag")}});
    BOOST_TEST(by_tag.status == 304u);
    BOOST_TEST(by_tag.header("ETag") == first.header("ETag"));
    BOOST_TEST(by_tag.header("Treecast-Version") == first.header("Treecast-Version"));
    BOOST_TEST(proxy.get("f", {{"If-None-Match", "*"}}).status == 304u);
    BOOST_TEST(proxy.get("f", {{"If-None-Match", "\"\""}}).status == 200u);

    const std::string date = first.header("Last-Modified");
    BOOST_TEST(proxy.get("f", {{"If-Modified-Since", date}}).status == 304u);
    BOOST_TEST(
        proxy.get("f", {{"If-Modified-Since", date}, {"If-None-Match", "\"x\""}}).status == 200u
    );
    // The same second twice: the date proves nothing.
    daemon.put("f", "two");
    BOOST_TEST(proxy.get("f", {{"If-Modified-Since", date}}).status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
