// The present state by /v1/changes: real workers and sockets, and a writer of the catalog in the
// test process.
#include "proxy/feed/state_digest.hpp"
#include "test/integration/feed_fixture.hpp"

#include <optional>

using namespace treecast::test::feed_cases;

BOOST_AUTO_TEST_SUITE(feed)

BOOST_FIXTURE_TEST_CASE(a_cursor_that_is_not_known_is_answered_at_once_with_everything, Feed) {
    daemon.put("a", "1");
    for (const std::string& cursor :
         {std::string("0000000000000001.5"),
          std::string("0000000000000001.5.17-3"),
          to_string(Version{daemon.epoch(), ~std::uint64_t{0} >> 1})}) {
        const HttpResponse response =
            http_get(proxy.server(), "/v1/changes?wait=30&after=" + cursor);
        BOOST_TEST(response.header("Cache-Control") == "no-store");
        BOOST_TEST(is(answer_in(response), "reset"));
        BOOST_TEST(paths_of(answer_in(response)) == "a");
    }
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_in_pages_lists_each_file_once, Feed) {
    for (int i = 0; i < 25; ++i)
        daemon.put("d/" + std::to_string(i), "1");
    daemon.put("e", "1");
    for (const std::string interest : {"", "prefix=d/&path=e", "glob=**"}) {
        FeedFollower follower(proxy.server(), interest + "&limit=7");
        follower.catch_up();
        BOOST_TEST(follower.files().size() == 26);
        BOOST_TEST(follower.resets() == 1);
    }
    // What changes between two pages comes after the last one.
    FeedFollower follower(proxy.server(), "limit=7");
    follower.ask();
    const std::string place = follower.cursor();
    daemon.remove("e");
    daemon.put("d/0", "2");
    daemon.put("d/24", "2");
    daemon.put("f", "1");
    follower.catch_up();
    BOOST_TEST(follower.resets() == 1);
    BOOST_TEST(follower.files().size() == 26);
    BOOST_TEST(!follower.files().contains("e"));
    BOOST_TEST(follower.files().at("d/0").at("sha256").as_string() == to_hex(sha256_of("2")));
    BOOST_TEST(follower.files().at("d/24").at("sha256").as_string() == to_hex(sha256_of("2")));
    BOOST_TEST(follower.files().contains("f"));
}

BOOST_AUTO_TEST_CASE(a_new_catalog_is_a_reset_for_those_who_wait) {
    const InstanceGuard instance;
    std::optional<StandInDaemon> daemon(std::in_place, instance);
    ProxyInProcess proxy(instance);
    const auto changes = [&](const std::string& parameters = {}) {
        return http_get(proxy.server(), "/v1/changes?" + parameters);
    };
    daemon->put("a", "1");
    BOOST_TEST(changes().status == 503);
    daemon->complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const std::string cursor = Feed::cursor_of(Feed::answer_in(changes()));
    HttpConnection held(proxy.server());
    held.send_request("GET", "/v1/changes?path=a&wait=30&after=" + cursor);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.reset();
    daemon.emplace(instance);
    daemon->put("a", "2");
    BOOST_TEST(poll_until([&] {
        return changes().status == 503;
    }));
    BOOST_TEST(!held.has_answer());
    daemon->complete_scan();
    const json::object answer = Feed::answer_in(held.receive());
    BOOST_TEST(Feed::is(answer, "reset"));
    BOOST_TEST(Feed::paths_of(answer) == "a");
}

BOOST_FIXTURE_TEST_CASE(who_holds_the_present_state_is_sent_nothing, Feed) {
    using proxy::digest_of_state;
    daemon.put("d/b", "2", StandInDaemon::As::unhashed);
    daemon.put("d/a", "1", StandInDaemon::As::unhashed);
    daemon.put("e", "3");
    const std::string digest =
        to_hex(digest_of_state({{"d/b", 0644, sha256_of("2")}, {"d/a", 0644, sha256_of("1")}}));
    const std::string old_epoch = "0000000000000001.5";
    // A JSON snapshot waits for hashes only to compare.
    BOOST_TEST(daemon.wants() == 0);
    for (const std::string& parameters :
         {"state=" + digest,
          "wait=30&state=" + digest + "&after=" + old_epoch,
          "state=" + digest + "&after=" + old_epoch}) {
        const json::object answer = ask("prefix=d/&" + parameters);
        BOOST_TEST(is(answer, "reset"));
        BOOST_TEST(is(answer, "same"));
        BOOST_TEST(paths_of(answer) == "");
        BOOST_TEST(paths_of(ask("prefix=d/&after=" + cursor_of(answer))) == "");
    }
    const json::object other = ask("state=" + digest);
    BOOST_TEST(!is(other, "same"));
    BOOST_TEST(other.at("changes").as_array().size() == 3);

    // A change makes it another state.
    daemon.set_mode({"d/a"}, 0600);
    BOOST_TEST(poll_until([&] {
        return !is(ask("prefix=d/&state=" + digest), "same");
    }));
    BOOST_TEST(http_get(proxy.server(), "/v1/changes?state=abc").status == 400);
}

BOOST_AUTO_TEST_CASE(hashes_that_do_not_come_are_not_waited_for_longer_than_a_load) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);
    settings.load_timeout = 500ms;
    ProxyInProcess proxy(instance, settings);
    daemon.serve_wants(false);
    daemon.put("a", "1", StandInDaemon::As::unhashed);
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const std::string digest = to_hex(proxy::digest_of_state({{"a", 0644, sha256_of("1")}}));
    const json::object answer =
        Feed::answer_in(http_get(proxy.server(), "/v1/changes?state=" + digest));
    BOOST_TEST(!Feed::is(answer, "same"));
    BOOST_TEST(Feed::paths_of(answer) == "a");
    BOOST_TEST(daemon.wants() != 0);
}

BOOST_FIXTURE_TEST_CASE(a_digest_that_is_made_for_others_prolongs_no_wait, Feed) {
    daemon.serve_wants(false);
    daemon.put("a", "1", StandInDaemon::As::unhashed);
    const std::string state = "state=" + std::string(64, '0');
    const std::string cursor = cursor_of(ask(""));
    HttpConnection other = poll(state);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    for (const std::string& parameters : {std::string(), '&' + state}) {
        HttpConnection held = poll("wait=100ms&after=" + cursor + parameters);
        BOOST_TEST_REQUIRE(held.has_answer(3s));
        BOOST_TEST(cursor_of(answer_in(held.receive())) == cursor);
    }
    BOOST_TEST(!other.has_answer());
}

BOOST_FIXTURE_TEST_CASE(who_waits_for_a_digest_without_a_cursor_is_turned_away, Feed) {
    daemon.serve_wants(false);
    daemon.put("a", "1", StandInDaemon::As::unhashed);
    HttpConnection held = poll("state=" + std::string(64, '0'));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    proxy.stop();
    const HttpResponse response = held.receive();
    BOOST_TEST(response.status == 503u);
    BOOST_TEST(response.header("Connection") == "close");
    BOOST_TEST(response.has_header("Retry-After"));
}

BOOST_AUTO_TEST_SUITE_END()
