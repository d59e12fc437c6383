#include "test/integration/published_to_subscriber_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(published_to_subscriber)

using namespace treecast::test::published_to_subscriber_cases;

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
