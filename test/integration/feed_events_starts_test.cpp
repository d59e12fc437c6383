// GET /v1/events over starts of the daemon and of the proxy.
#include "test/integration/feed_fixture.hpp"
#include "test/support/event_client.hpp"

#include <optional>

using namespace treecast::test::feed_cases;

BOOST_AUTO_TEST_SUITE(feed_events_starts)

BOOST_AUTO_TEST_CASE(before_the_first_scan_it_is_open_and_silent) {
    const InstanceGuard instance;
    ProxyInProcess proxy(instance);
    EventClient early(proxy.server(), "");
    EventClient with_id(proxy.server(), "", "00000000000000ff.12");
    BOOST_TEST(early.next_word(a_while).empty());
    BOOST_TEST(early.head().starts_with("HTTP/1.1 200 "));
    BOOST_TEST(!early.retry().empty());

    StandInDaemon daemon(instance);
    daemon.put("a", "1");
    BOOST_TEST(early.next_word(1s).empty());
    EventClient during(proxy.server(), "path=a");
    BOOST_TEST(during.next_word(a_while).empty());
    daemon.complete_scan();
    for (EventClient* const client : {&early, &with_id, &during})
        BOOST_TEST(client->next_until_ready() == "reset a ready");
    daemon.put("a", "2");
    for (EventClient* const client : {&early, &with_id, &during})
        BOOST_TEST(client->next_word() == "a");
}

BOOST_AUTO_TEST_CASE(a_heartbeat_comes_while_nothing_does) {
    const InstanceGuard instance;
    ProxyInProcess proxy(instance);
    EventClient client(proxy.server(), "");
    BOOST_TEST(client.next_word(13s).empty());
    BOOST_TEST(client.comments() == 0u);
    BOOST_TEST(client.next_word(3s).empty());
    BOOST_TEST(client.comments() == 1u);
    BOOST_TEST(!client.has_ended());
}

BOOST_AUTO_TEST_CASE(an_id_is_continued_by_another_proxy) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.put("a", "1");
    daemon.put("b", "1");
    daemon.complete_scan();
    std::string id;
    {
        ProxyInProcess proxy(instance);
        EventClient client(proxy.server(), "");
        BOOST_TEST(client.next_until_ready() == "reset a b ready");
        daemon.put("a", "2");
        BOOST_TEST(client.next_word() == "a");
        id = client.last_event_id();
        proxy.stop();
        BOOST_TEST(client.next_word().empty());
        BOOST_TEST(client.has_ended());
    }
    daemon.put("b", "2");
    daemon.remove("a");
    ProxyInProcess proxy(instance);
    EventClient client(proxy.server(), "", id);
    BOOST_TEST(client.next_word() == "b");
    BOOST_TEST(client.next_word() == "[a]");
    daemon.put("a", "3");
    BOOST_TEST(client.next_word() == "a");
    BOOST_TEST(client.files().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_new_catalog_voids_what_was_sent_and_the_id) {
    const InstanceGuard instance;
    std::optional<StandInDaemon> daemon(std::in_place, instance);
    daemon->put("a", "1");
    daemon->put("b", "1");
    daemon->complete_scan();
    ProxyInProcess proxy(instance);
    EventClient client(proxy.server(), "");
    BOOST_TEST(client.next_until_ready() == "reset a b ready");
    const std::string before = client.last_event_id();
    daemon.reset();
    daemon.emplace(instance);
    daemon->put("b", "2");
    BOOST_TEST(client.next_word(1s).empty());
    daemon->complete_scan();
    const auto reset = client.next();
    BOOST_TEST_REQUIRE(reset.has_value());
    BOOST_TEST(reset->type == "reset");
    BOOST_TEST(client.last_event_id().empty());
    BOOST_TEST(client.next_until_ready() == "b ready");
    BOOST_TEST(client.last_event_id().substr(0, 16) != before.substr(0, 16));
    BOOST_TEST(client.files().size() == 1u);
    daemon->put("c", "1");
    BOOST_TEST(client.next_word() == "c");

    // What a reset says can be continued from the beginning of the snapshot. What came after its
    // revision completes it, and is sent again.
    const auto cursor = json::parse(reset->data).at("cursor").as_string();
    EventClient other(proxy.server(), "after=" + std::string(cursor));
    BOOST_TEST(other.next_until_ready() == "b c c ready");
}

BOOST_AUTO_TEST_SUITE_END()
