// The end of a worker: held requests are answered as at the end of their wait, and before that
// their waits are ended one by one.
#include "test/integration/connections_fixture.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(worker_stop)

using namespace treecast::test::connections_cases;

namespace {

using As = StandInDaemon::As;

struct Served : Published {
    Version version = daemon.put("f", "one");
    Version gone = daemon.remove("gone");
    ProxyInProcess proxy{instance, settings};
    std::string tag{};

    Served() {
        BOOST_TEST_REQUIRE(proxy.wait_until_ready());
        tag = proxy.get("f").header("ETag");
    }
    std::string after(const Version& than) const { return "?wait=60&after=" + to_string(than); }
    HttpConnection held(const std::string& target, const HttpHeaders& headers = {}) {
        HttpConnection connection = proxy.poll(target, headers);
        BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(++held_));
        return connection;
    }

private:
    std::uint64_t held_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(held_requests_are_answered_as_at_the_end_of_their_wait, Served) {
    const struct {
        std::string target;
        HttpHeaders headers;
        unsigned status;
        std::string version;
    } rows[] = {
        {"f" + after(version), {}, 204, to_string(version)},
        {"f" + after(version), {{"If-None-Match", tag}}, 304, to_string(version)},
        {"f" + after(version), {{"If-None-Match", "\"old\""}}, 204, to_string(version)},
        {"f?wait=60", {{"If-None-Match", tag}}, 304, to_string(version)},
        {"f",
         {{"If-None-Match", tag}, {"Prefer", "modes=snapshot,delta;wait=60"}},
         304,
         to_string(version)},
        {"f?wait=60", {{"If-None-Match", "*"}}, 304, to_string(version)},
        {"gone" + after(gone), {}, 404, to_string(gone)},
        {"none?wait=60", {}, 404, ""},
    };
    std::vector<HttpConnection> connections;
    for (const auto& row : rows)
        connections.push_back(held(row.target, row.headers));

    proxy.stop();

    for (std::size_t i = 0; i < std::size(rows); ++i) {
        const auto& row = rows[i];
        const auto answer = connections[i].receive();
        BOOST_TEST(answer.status == row.status, row.target);
        BOOST_TEST(answer.header("Connection") == "close", row.target);
        BOOST_TEST(answer.has_header("ETag") == (row.status == 304), row.target);
        BOOST_TEST(answer.has_header("Treecast-Version"), row.target);
        if (!row.version.empty())
            BOOST_TEST(answer.header("Treecast-Version") == row.version, row.target);
        BOOST_TEST(!answer.has_header("Retry-After"), row.target);
        BOOST_TEST(connections[i].is_closed_by_server(), row.target);
    }
}

BOOST_FIXTURE_TEST_CASE(a_feed_has_no_changes_then_and_its_cursor_stays, Served) {
    const std::string all = "/v1/changes";
    const std::string listing = http_get(proxy.server(), all).body;
    const std::string key = "\"cursor\":\"";
    const auto begin = listing.find(key) + key.size();
    const std::string cursor = listing.substr(begin, listing.find('"', begin) - begin);
    daemon.serve_wants(false);
    daemon.put("unhashed", "content", As::unhashed);
    const std::string of_f = all + "?path=f&wait=60&after=" + cursor;
    std::vector<HttpConnection> connections;
    for (const std::string& target :
         {of_f, of_f, all + "?path=unhashed&state=" + std::string(64, '0')}) {
        connections.push_back(proxy.connect());
        connections.back().send_request("GET", target);
        BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(connections.size()));
    }

    proxy.leave(0ms);
    const auto early = connections[0].receive();
    proxy.stop();
    const auto with_state = connections[2].receive();

    for (const HttpResponse& answer : {early, connections[1].receive()}) {
        BOOST_TEST(answer.status == 200U);
        BOOST_TEST(answer.header("Connection") == "close");
        BOOST_TEST((answer.body.find(key + cursor) != std::string::npos), answer.body);
        BOOST_TEST((answer.body.find("\"changes\":[]") != std::string::npos), answer.body);
    }
    BOOST_TEST(with_state.status == 503U);  // it has no cursor that could stay
}

BOOST_FIXTURE_TEST_CASE(what_is_not_loaded_by_then_is_503, Served) {
    daemon.serve_wants(false);
    daemon.put("cold", "content", As::listed);
    const Version hashed_never = daemon.put("unhashed", "content", As::unhashed);
    std::vector<HttpConnection> connections;
    connections.push_back(held("cold"));
    connections.push_back(held("cold?wait=60"));
    connections.push_back(held("unhashed", {{"If-None-Match", tag}}));
    auto known = held("unhashed" + after(hashed_never));

    proxy.stop();

    BOOST_TEST(known.receive().status == 204U);
    for (HttpConnection& connection : connections) {
        const auto answer = connection.receive();
        BOOST_TEST(answer.status == 503U);
        BOOST_TEST(answer.header("Connection") == "close");
        const int retry = std::stoi(answer.header("Retry-After"));
        BOOST_TEST((retry >= 1 && retry <= 5));
    }
}

BOOST_FIXTURE_TEST_CASE(not_all_of_them_are_asked_to_come_back_at_the_same_time, Served) {
    daemon.serve_wants(false);
    daemon.put("cold", "content", As::listed);
    daemon.put("unhashed", "content", As::unhashed);
    std::vector<HttpConnection> connections;
    for (const std::string& target :
         {ProxyInProcess::target("cold"),
          "/v1/changes?path=unhashed&state=" + std::string(64, '0')})
        for (int i = 0; i < 20; ++i) {
            connections.push_back(proxy.connect());
            connections.back().send_request("GET", target);
        }
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(connections.size()));

    proxy.stop();

    // 20 equal ones have the probability 0.2 ^ 19.
    std::set<std::string> of_files, of_feeds;
    for (std::size_t i = 0; i < connections.size(); ++i)
        (i < 20 ? of_files : of_feeds).insert(connections[i].receive().header("Retry-After"));
    for (const auto& retries : {of_files, of_feeds}) {
        BOOST_TEST(retries.size() > 1U);
        for (const std::string& retry : retries)
            BOOST_TEST((retry >= "1" && retry <= "5" && retry.size() == 1), retry);
    }
}

BOOST_FIXTURE_TEST_CASE(before_the_stop_waits_end_one_by_one, Served) {
    constexpr int count = 60;
    constexpr auto spread = 1000ms;
    std::vector<HttpConnection> connections;
    for (int i = 0; i < count; ++i)
        connections.push_back(held("f" + after(version)));
    const auto begin = std::chrono::steady_clock::now();

    proxy.leave(spread);

    std::array<int, 4> quarters{};
    while (!connections.empty()) {
        std::erase_if(connections, [&](HttpConnection& connection) {
            if (!connection.has_answer())
                return false;
            const auto answer = connection.receive();
            BOOST_TEST(answer.status == 204U);
            BOOST_TEST(answer.header("Connection") == "close");
            const auto time = std::chrono::steady_clock::now() - begin;
            ++quarters[std::min<std::size_t>(static_cast<std::size_t>(time / (spread / 4)), 3)];
            return true;
        });
        BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() - begin < spread + patience));
    }
    // One quarter without any has the probability 0.75 ^ 60.
    for (const int answered : quarters)
        BOOST_TEST(answered > 0);
}

BOOST_FIXTURE_TEST_CASE(until_then_news_are_pushed_and_contents_are_loaded, Served) {
    daemon.serve_wants(false);
    daemon.put("cold", "content", As::listed);
    auto news = held("f" + after(version));
    auto creation = held("none?wait=60");
    auto load = held("cold");

    proxy.leave(60s);
    daemon.put("f", "two");
    daemon.put("none", "new");
    daemon.serve_wants(true);

    const struct {
        HttpConnection& connection;
        std::string body;
    } rows[] = {{news, "two"}, {creation, "new"}, {load, "content"}};
    for (const auto& row : rows) {
        const auto answer = row.connection.receive();
        BOOST_TEST(answer.body == row.body);
        BOOST_TEST(answer.header("Connection") == "close");
    }
}

BOOST_FIXTURE_TEST_CASE(until_then_clients_may_come_back_and_are_held, Served) {
    auto first = held("f" + after(version));
    auto kept = proxy.connect();
    BOOST_TEST(kept.get("/healthz").keep_alive);

    proxy.leave(0ms);
    BOOST_TEST(first.receive().status == 204U);

    auto again = proxy.poll("f" + after(version));
    auto absent = proxy.poll("none?wait=60");
    kept.send_request("GET", "/v1/files/f" + after(version));
    BOOST_TEST(proxy.wait_for_subscribers(3));
    const auto plain = proxy.get("f");
    BOOST_TEST(plain.body == "one");
    BOOST_TEST(plain.header("Connection") == "close");
    auto short_wait = proxy.poll("f?wait=100ms&after=" + to_string(version));
    BOOST_TEST(short_wait.receive().status == 204U);
    BOOST_TEST(!again.has_answer(200ms));

    proxy.stop();

    BOOST_TEST(again.receive().status == 204U);
    BOOST_TEST(absent.receive().status == 404U);
    BOOST_TEST(kept.receive().status == 204U);
    BOOST_CHECK_THROW(HttpConnection(proxy.server()), std::system_error);
}

/// A Unix socket's, since TCP's is accepted only once its request is there.
BOOST_FIXTURE_TEST_CASE(a_connection_of_the_backlog_may_still_ask, Published) {
    const TemporaryDirectory directory;
    HttpServer server;
    server.unix_path = directory / "socket";
    const auto address = proxy::ListenAddress::parse("unix:" + server.unix_path);
    proxy::Listener listener(proxy::Endpoint{.address = *address}, 1);
    boost::asio::io_context context{1};
    std::vector<proxy::Counters> counters(1);
    proxy::Maker maker;
    proxy::MadeContents made(0);
    proxy::Codings codings(maker, made);
    proxy::ArchiveExchange archives;
    const proxy::MakingShared making{maker, made, codings, archives};
    proxy::Worker worker(context, settings, 0, counters, making, [] {});
    worker.listen(listener.take(0), listener.endpoint().protocol, listener.origin());
    HttpConnection connection(server);

    worker.stop();
    connection.send_request("GET", "/healthz");
    context.run();

    const auto answer = connection.receive();
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(answer.header("Connection") == "close");
}

BOOST_AUTO_TEST_SUITE_END()
