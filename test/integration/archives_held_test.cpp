// Requests for archives that are held until something changes.
#include "test/integration/archives_fixture.hpp"

using namespace treecast::test::archive_cases;
using Clock = std::chrono::steady_clock;

BOOST_AUTO_TEST_SUITE(archives)

BOOST_FIXTURE_TEST_CASE(a_change_below_the_prefix_is_sent_to_all_and_made_once, Archives) {
    daemon.put("d/a", "1");
    daemon.put("e", "1");
    const auto first = get("d.tar");
    std::vector<HttpConnection> held;
    for (int i = 0; i < 50; ++i) {
        held.push_back(poll("d.tar", tagged(first)));
        held.push_back(poll("d.tar?wait=30&after=" + first.header("Treecast-Version")));
    }
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(100));
    daemon.put("e", "2");
    BOOST_TEST(!held[0].has_answer(a_while));
    const std::string version = to_string(daemon.put("d/a", "2"));
    for (HttpConnection& connection : held) {
        const auto answer = connection.receive();
        BOOST_TEST_REQUIRE(files_in(answer) == "a=2");
        BOOST_TEST(answer.header("Treecast-Version") == version);
    }
    BOOST_TEST(made() == 2);
}

BOOST_FIXTURE_TEST_CASE(changes_that_follow_closely_are_sent_together, Archives) {
    daemon.put("d/a", "0");
    HttpConnection held = poll("d.tar", tagged(get("d.tar")));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    for (int i = 1; i <= 10; ++i) {
        daemon.put("d/" + std::to_string(i), "1");
        std::this_thread::sleep_for(5ms);
    }
    const auto answer = held.receive();
    BOOST_TEST(read_tar(answer.body).size() == 11u);
    BOOST_TEST(made() == 2);
    // But not without end.
    HttpConnection patient = poll("d.tar", tagged(answer));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    const auto begin = Clock::now();
    auto last = begin;
    Clock::duration longest_pause{};
    for (int i = 0; !patient.has_answer() && Clock::now() < begin + 10s; ++i) {
        daemon.put("d/a", std::to_string(i));
        longest_pause = std::max(longest_pause, Clock::now() - std::exchange(last, Clock::now()));
        std::this_thread::sleep_for(10ms);
    }
    // A busy machine may have held us up for so long that they did not follow closely.
    BOOST_TEST((Clock::now() - begin > 900ms || longest_pause > 35ms));
    BOOST_TEST((Clock::now() - begin < 9s));
}

BOOST_FIXTURE_TEST_CASE(what_is_touched_is_no_news, Archives) {
    daemon.put("d/a", "1");
    const auto first = get("d.tar");
    HttpConnection tag = poll("d.tar", tagged(first));
    HttpConnection after = poll("d.tar?wait=1&after=" + first.header("Treecast-Version"));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(2));
    daemon.put("d/a", "1");
    const auto touched = after.receive();
    BOOST_TEST(touched.status == 204u);
    BOOST_TEST(!tag.has_answer(a_while));
    BOOST_TEST(made() == 1);
    // The next wait begins at the newest version.
    BOOST_TEST(touched.header("Treecast-Version") > first.header("Treecast-Version"));
    HttpConnection next = poll("d.tar?wait=30&after=" + touched.header("Treecast-Version"));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(2));
    BOOST_TEST(!next.has_answer(a_while));
    daemon.put("d/a", "2");
    BOOST_TEST(files_in(next.receive()) == "a=2");
    BOOST_TEST(files_in(tag.receive()) == "a=2");
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_held_until_it_comes, Archives) {
    daemon.put("e", "1");
    const auto absent = get("d.tar");
    BOOST_TEST(absent.status == 404u);
    const std::string version = absent.header("Treecast-Version");
    BOOST_TEST(!version.empty());
    HttpConnection prefer = poll("d.tar", {{"Prefer", "wait=30"}});
    HttpConnection after = poll("d.tar?wait=30&after=" + version);
    HttpConnection star = poll("d.tar?wait=30", {{"If-None-Match", "*"}});
    BOOST_TEST(get("d.tar?wait=50ms").status == 404u);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(3));
    daemon.put("dx", "1");
    BOOST_TEST(!prefer.has_answer(a_while));
    daemon.put("d/a", "1");
    for (HttpConnection* const connection : {&prefer, &after, &star})
        BOOST_TEST(files_in(connection->receive()) == "a=1");
}

BOOST_FIXTURE_TEST_CASE(deletions_are_news, Archives) {
    daemon.put("d/a", "1");
    daemon.put("d/b", "1");
    const auto both = get("d.tar");
    HttpConnection held = poll("d.tar", tagged(both));
    HttpConnection after = poll("d.tar?wait=30&after=" + both.header("Treecast-Version"));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(2));
    const std::string deleted = to_string(daemon.remove("d/b"));
    const auto one = held.receive();
    BOOST_TEST(files_in(one) == "a=1");
    BOOST_TEST(files_in(after.receive()) == "a=1");
    BOOST_TEST(one.header("Treecast-Version") == deleted);
    HttpConnection last = poll("d.tar", tagged(one));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    const std::string emptied = to_string(daemon.remove("d/a"));
    const auto nothing = last.receive();
    BOOST_TEST(nothing.status == 404u);
    BOOST_TEST(nothing.header("Treecast-Version") == emptied);
    BOOST_TEST(get("d.tar?wait=30&after=" + deleted).status == 404u);
    BOOST_TEST(get("d.tar?wait=50ms&after=" + emptied).status == 404u);
    HttpConnection again = poll("d.tar?wait=30&after=" + emptied);
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.put("d/a", "2");
    BOOST_TEST(files_in(again.receive()) == "a=2");
}

BOOST_FIXTURE_TEST_CASE(a_deletion_that_is_forgotten_is_not_missed, Archives) {
    daemon.put("d/a", "1");
    daemon.put("d/b", "1");
    const std::string version = get("d.tar").header("Treecast-Version");
    daemon.remove("d/b");
    daemon.put("other", "");
    for (int i = 0; i < 80'000; ++i)
        daemon.set_mode({"other"}, i % 2 == 0 ? 0600 : 0644);
    for (int i = 0; i < 100; ++i) {  // whose entries are made of forgotten ones
        daemon.put("new" + std::to_string(i), "");
        daemon.remove("new" + std::to_string(i));
    }
    const auto answer = get("d.tar?wait=30&after=" + version);
    BOOST_TEST(files_in(answer) == "a=1");
    // And it is not answered again and again.
    BOOST_TEST(get("d.tar?wait=50ms&after=" + answer.header("Treecast-Version")).status == 204u);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_served_ends_the_wait, Archives) {
    daemon.put("d/a", "1");
    HttpConnection held = poll("d.tar", tagged(get("d.tar")));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.make_unavailable("d/b", ipc::UnavailableReason::unreadable);
    BOOST_TEST(held.receive().status == 503u);
}

BOOST_FIXTURE_TEST_CASE(at_shutdown_it_is_answered_as_at_the_end_of_the_wait, Archives) {
    daemon.put("d/a", "1");
    const auto first = get("d.tar");
    HttpConnection tag = poll("d.tar", tagged(first));
    HttpConnection after = poll("d.tar?wait=30&after=" + first.header("Treecast-Version"));
    HttpConnection absent = poll("none.tar?wait=30");
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(3));
    daemon.serve_wants(false);
    daemon.put("l/a", "1", StandInDaemon::As::listed);
    HttpConnection loading = poll("l.tar");
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(4));
    proxy.leave(10ms);
    const auto tag_answer = tag.receive();
    BOOST_TEST(tag_answer.status == 304u);
    BOOST_TEST(tag_answer.header("ETag") == first.header("ETag"));
    BOOST_TEST(after.receive().status == 204u);
    BOOST_TEST(absent.receive().status == 404u);
    BOOST_TEST(!loading.has_answer(50ms));
    proxy.stop();
    BOOST_TEST(loading.receive().status == 503u);
}

BOOST_FIXTURE_TEST_CASE(clients_that_leave_are_forgotten, Archives) {
    daemon.put("d/a", "1");
    const auto first = get("d.tar");
    HttpConnection ended = poll("d.tar", tagged(first));
    HttpConnection reset = poll("d.tar", tagged(first));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(2));
    ended.shutdown_send();
    reset.reset();
    BOOST_TEST(proxy.wait_for_subscribers(0));
    BOOST_TEST(ended.is_closed_by_server());
    // One whose archive is being made is still answered.
    daemon.serve_wants(false);
    daemon.put("l/a", "1", StandInDaemon::As::listed);
    HttpConnection loading = poll("l.tar", {{"Prefer", "wait=30"}});
    loading.shutdown_send();
    BOOST_TEST(!loading.has_answer(a_while));
    daemon.serve_wants(true);
    BOOST_TEST(files_in(loading.receive()) == "a=1");
}

BOOST_AUTO_TEST_CASE(all_workers_share_what_one_has_made) {
    const InstanceGuard instance;
    StandInDaemon daemon(instance);
    daemon.complete_scan();
    proxy::Settings settings = ProxyInProcess::quick_settings(instance);
    settings.workers = 3;
    ProxyInProcess proxy(instance, settings);
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    daemon.put("d/a", "1");
    const std::string name = Archives::target("d.tar.gz");
    std::string tag = http_get(proxy.server(), name).header("ETag");
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round) {
        std::vector<HttpConnection> held;
        for (int i = 0; i < 30; ++i) {
            held.emplace_back(proxy.server());
            held.back().send_request("GET", name, {{"If-None-Match", tag}, {"Prefer", "wait=30"}});
        }
        BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(held.size()));
        daemon.put("d/a", "round " + std::to_string(round));
        std::string body;
        for (HttpConnection& connection : held) {
            const auto answer = connection.receive();
            BOOST_TEST(answer.status == 200u);
            BOOST_TEST((body.empty() || answer.body == body));
            body = answer.body;
            tag = answer.header("ETag");
        }
    }
    const auto status = boost::json::parse(http_get(proxy.server(), "/v1/status").body);
    BOOST_TEST(status.at("archives_made").as_int64() == 1 + rounds);
}

BOOST_AUTO_TEST_CASE(a_new_catalog_with_the_same_state_is_no_news) {
    const InstanceGuard instance;
    std::optional<StandInDaemon> daemon(std::in_place, instance);
    ProxyInProcess proxy(instance);
    const std::string name = Archives::target("d.tar");
    const auto fill = [&](const std::string& content) {
        daemon->put("d/a", content);
        daemon->complete_scan();
    };
    fill("1");
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const auto first = http_get(proxy.server(), name);
    HttpConnection held(proxy.server());
    held.send_request("GET", name, Archives::tagged(first));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(1));
    daemon.reset();
    daemon.emplace(instance);
    fill("1");
    BOOST_TEST(poll_until([&] {
        const auto answer = http_get(proxy.server(), name);
        return answer.status == 200u &&
               answer.header("Treecast-Version") != first.header("Treecast-Version");
    }));
    BOOST_TEST(http_get(proxy.server(), name).header("ETag") == first.header("ETag"));
    BOOST_TEST(!held.has_answer(a_while));
    daemon->put("d/a", "2");
    BOOST_TEST(Archives::files_in(held.receive()) == "a=2");
}

BOOST_AUTO_TEST_SUITE_END()
