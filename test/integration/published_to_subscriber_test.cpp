// From a published version to a subscriber's socket: real workers, real sockets, and a writer of
// the catalog in the test process.
#include "proxy/http/http_date.hpp"
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <ctime>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(published_to_subscriber)

namespace {

/// Long enough for an answer that should not come to arrive if it were sent.
constexpr auto a_while = 300ms;

std::string entity_tag(std::string_view content) {
    return '"' + to_hex(sha256_of(content)).substr(0, 32) + '"';
}

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    ProxyInProcess proxy{instance};

    Published() {
        daemon.complete_scan();
        BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    }
};

}  // namespace

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

BOOST_FIXTURE_TEST_CASE(a_deletion_and_a_creation_are_answers, Published) {
    const Version version = daemon.put("f", "one");
    auto poll = proxy.poll("f?wait=30&after=" + to_string(version));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    const Version deletion = daemon.remove("f");

    const auto gone = poll.receive();
    BOOST_TEST(gone.status == 404u);
    BOOST_TEST(gone.header("Treecast-Version") == to_string(deletion));
    BOOST_TEST(gone.header("Content-Type") == "application/problem+json");
    auto waiting = proxy.poll("f?wait=30&after=" + to_string(deletion));
    auto without_after = proxy.poll("f?wait=30");
    auto elsewhere = proxy.poll("new/deep/file?wait=30");
    BOOST_TEST(proxy.wait_for_subscribers(3));
    daemon.put("f", "again");
    daemon.put("new/deep/file", "new");
    BOOST_TEST(waiting.receive().body == "again");
    BOOST_TEST(without_after.receive().body == "again");
    BOOST_TEST(elsewhere.receive().body == "new");
}

BOOST_FIXTURE_TEST_CASE(the_same_bytes_wake_nobody_and_a_new_reason_does, Published) {
    const Version version = daemon.put("f", "one");
    auto poll = proxy.poll("f?wait=30&after=" + to_string(version));
    BOOST_TEST(proxy.wait_for_subscribers(1));

    daemon.put("f", "one");
    BOOST_TEST(!poll.has_answer(a_while));

    daemon.make_unavailable("f", ipc::UnavailableReason::private_file);
    const auto response = poll.receive();
    BOOST_TEST(response.status == 403u);
    BOOST_TEST((response.body.find("--serve-private") != std::string::npos), response.body);
    BOOST_TEST((response.body.find("\"private\"") != std::string::npos), response.body);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_served_says_why, Published) {
    using Reason = ipc::UnavailableReason;
    const std::pair<Reason, unsigned> reasons[] = {
        {Reason::unreadable, 403},
        {Reason::private_file, 403},
        {Reason::too_large, 507},
        {Reason::no_memory, 507},
        {Reason::unstable, 503},
    };
    for (const auto& [reason, status] : reasons) {
        daemon.make_unavailable("f", reason);
        const auto response = proxy.get("f");
        BOOST_TEST(response.status == status);
        BOOST_TEST((response.body.find(ipc::to_string(reason)) != std::string::npos));
        BOOST_TEST(
            response.has_header("Retry-After") ==
            (reason == Reason::no_memory || reason == Reason::unstable)
        );
    }
    daemon.make_directory("dir");
    const auto directory = proxy.get("dir");
    BOOST_TEST(directory.status == 404u);
    BOOST_TEST((directory.body.find("/v1/changes?prefix=dir/") != std::string::npos));
    BOOST_TEST(directory.has_header("Treecast-Version"));
}

BOOST_FIXTURE_TEST_CASE(one_change_wakes_all_of_its_subscribers_and_nobody_else, Published) {
    const Version first = daemon.put("a", "one");
    const Version other = daemon.put("b", "one");
    std::vector<HttpConnection> woken;
    std::vector<HttpConnection> asleep;
    for (int i = 0; i < 600; ++i)
        woken.push_back(proxy.poll("a?wait=60&after=" + to_string(first)));
    for (int i = 0; i < 50; ++i)
        asleep.push_back(proxy.poll("b?wait=60&after=" + to_string(other)));
    BOOST_TEST(proxy.wait_for_subscribers(650));

    const Version second = daemon.put("a", "two");

    for (HttpConnection& connection : woken) {
        const auto response = connection.receive();
        BOOST_TEST(response.body == "two");
        BOOST_TEST(response.header("Treecast-Version") == to_string(second));
    }
    for (HttpConnection& connection : asleep)
        BOOST_TEST(!connection.has_answer());
    BOOST_TEST(proxy.subscribers() == 50u);
}

BOOST_FIXTURE_TEST_CASE(many_rewrites_end_with_the_last_content, Published) {
    Version known = daemon.put("f", "start");
    std::string content;
    std::jthread writer([&] {
        for (int i = 0; i < 200; ++i)
            daemon.put("f", "content " + std::to_string(i));
    });
    auto connection = proxy.connect();
    while (content != "content 199") {
        const auto response =
            connection.get(ProxyInProcess::target("f?wait=20&after=" + to_string(known)));
        BOOST_TEST_REQUIRE(response.status == 200u);
        content = response.body;
        known = *parse_version(response.header("Treecast-Version"));
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_rewritten_ten_thousand_times_a_second_resets_nobody, Published) {
    const Version quiet = daemon.put("quiet", "as ever");
    const Version busy = daemon.put("busy", "the same bytes");
    auto waiting = proxy.connect();
    waiting.send_request("GET", ProxyInProcess::target("quiet?wait=60&after=" + to_string(quiet)));

    // More often than the log can hold.
    for (int i = 0; i < 70'000; ++i)
        daemon.put("busy", "the same bytes");

    for (const auto& [path, version] : {std::pair("quiet", quiet), std::pair("busy", busy)}) {
        const auto after = proxy.get(std::string(path) + "?wait=100ms&after=" + to_string(version));
        BOOST_TEST(after.status == 204u, path);
    }
    const Version cursor{daemon.epoch(), daemon.newest_revision()};
    const auto now = proxy.get("quiet?wait=100ms&after=" + to_string(cursor));
    BOOST_TEST(now.status == 204u);
    BOOST_TEST(!waiting.has_answer());
    daemon.put("quiet", "news");
    BOOST_TEST(waiting.receive().body == "news");
}

BOOST_FIXTURE_TEST_CASE(content_is_wanted_once_and_then_served, Published) {
    daemon.serve_wants(false);
    daemon.put("f", "lazy", StandInDaemon::As::unhashed);
    auto get = proxy.poll("f");
    auto conditional = proxy.poll("f", {{"If-None-Match", entity_tag("lazy")}});
    BOOST_TEST(proxy.wait_for_subscribers(2));
    BOOST_TEST(poll_until([&] {
        return daemon.wants() > 0;
    }));
    BOOST_TEST(!get.has_answer(a_while));

    // The first request was lost on the daemon; the proxy repeats it.
    daemon.serve_wants(true);

    BOOST_TEST(get.receive().body == "lazy");
    BOOST_TEST(conditional.receive().status == 304u);
    daemon.evict("f");
    BOOST_TEST(proxy.get("f", {{"If-None-Match", entity_tag("lazy")}}).status == 304u);
    BOOST_TEST(proxy.get("f").body == "lazy");
}

BOOST_FIXTURE_TEST_CASE(subscribed_and_read_files_are_reported_in_use, Published) {
    const Version version = daemon.put("f", "one");
    auto poll = proxy.poll("f?wait=60&after=" + to_string(version));

    BOOST_TEST(poll_until([&] {
        return daemon.in_use() >= 2;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
