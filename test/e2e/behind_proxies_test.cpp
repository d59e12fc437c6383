// Held requests and events through other people's reverse proxies, configured as docs/http.md
// shows.
#include "test/support/event_client.hpp"
#include "test/support/follower.hpp"
#include "test/support/needs.hpp"
#include "test/support/reverse_proxy.hpp"
#include "test/support/serving.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(behind_proxies)

namespace {

/// What is held back somewhere comes with the end of a wait, which is much longer.
constexpr auto at_once = 3s;

constexpr const char* path = "/v1/files/conf/a";
constexpr const char* below = "/v1/changes?prefix=conf/";

std::string cursor_of(const HttpResponse& page) {
    BOOST_TEST_REQUIRE(page.status == 200u);
    return std::string(boost::json::parse(page.body).at("cursor").as_string());
}

struct Behind {
    explicit Behind(const std::string& program) : proxy(program, serving.server()) {}

    /// The answer to a request that is held, once `change` was made.
    HttpResponse held(const std::string& target, const HttpHeaders& headers, auto change) {
        return held("GET", target, headers, {}, change);
    }
    HttpResponse held(
        const std::string& method,
        const std::string& target,
        const HttpHeaders& headers,
        const std::string& body,
        auto change
    ) {
        HttpConnection client(proxy.server());
        client.send_request(method, target, headers, body);
        BOOST_TEST_REQUIRE(serving.wait_for_subscribers(1), proxy.log());
        change();
        return client.receive(at_once);
    }
    void write(const std::string& content) { serving.tree().replace("conf/a", content); }
    HttpResponse get(const std::string& target, const HttpHeaders& headers = {}) {
        return http_get(proxy.server(), target, headers);
    }
    std::string version() { return get(path).header("Treecast-Version"); }

    Serving serving{Files{{"conf/a", "1"}}};
    ReverseProxy proxy;
};

void check_polls_by_version(Behind& behind) {
    const std::string poll = std::string(path) + "?after=";
    for (const std::string& content : {std::string("2"), std::string(3 << 20, 'x')}) {
        const auto news = behind.held(poll + behind.version() + "&wait=30", {}, [&] {
            behind.write(content);
        });
        BOOST_TEST(news.status == 200u);
        BOOST_TEST((news.body == content));
        BOOST_TEST(news.header("Treecast-Version") == behind.version());
    }

    const std::string version = behind.version();
    const auto no_news = behind.get(poll + version + "&wait=500ms");
    BOOST_TEST(no_news.status == 204u);
    BOOST_TEST(no_news.header("Treecast-Version") == version);

    const auto gone = behind.held(poll + version + "&wait=30", {}, [&] {
        std::filesystem::remove(behind.serving.tree() / "conf/a");
    });
    BOOST_TEST(gone.status == 404u);
    BOOST_TEST(gone.has_header("Treecast-Version"));
    const auto back = behind.held(std::string(path) + "?wait=30", {}, [&] {
        behind.write("3");
    });
    BOOST_TEST(back.status == 200u);
    BOOST_TEST(back.body == "3");
}

void check_polls_by_tag(Behind& behind) {
    const auto condition = [&](const std::string& wait) {
        return HttpHeaders{
            {"If-None-Match", behind.get(path).header("ETag")},
            {"Prefer", "modes=snapshot,delta;wait=" + wait}};
    };
    const auto news = behind.held(path, condition("30"), [&] {
        behind.write("2");
    });
    BOOST_TEST(news.status == 200u);
    BOOST_TEST(news.body == "2");
    BOOST_TEST(news.header("Preference-Applied") == "wait=30");

    const auto begin = std::chrono::steady_clock::now();
    const auto no_news = behind.get(path, condition("1"));
    BOOST_TEST(no_news.status == 304u);
    BOOST_TEST(no_news.header("ETag") == news.header("ETag"));
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 900ms));
    BOOST_TEST(behind.get(path, {{"If-None-Match", news.header("ETag")}}).status == 304u);
}

void check_feeds(Behind& behind) {
    const std::string first = cursor_of(behind.get(below));
    const auto news = behind.held(std::string(below) + "&wait=30&after=" + first, {}, [&] {
        behind.write("by feed");
    });
    BOOST_TEST((news.body.find(R"("changes":[{"path":"conf/a")") != news.body.npos), news.body);

    const std::string second = cursor_of(news);
    const auto no_news = behind.get(std::string(below) + "&wait=500ms&after=" + second);
    BOOST_TEST(cursor_of(no_news) == second);
    BOOST_TEST(boost::json::parse(no_news.body).at("changes").as_array().empty());

    const auto posted = behind.held(
        "POST",
        "/v1/changes?wait=30&after=" + second,
        {{"Content-Type", "application/json"}},
        R"({"paths":["conf/a"]})",
        [&] {
            behind.write("by POST");
        }
    );
    BOOST_TEST(cursor_of(posted) != second);
}

void check_clients_that_leave(Behind& behind) {
    const std::string cursor = cursor_of(behind.get(below));
    for (const std::string& target :
         {path + ("?wait=60&after=" + behind.version()), below + ("&wait=60&after=" + cursor)}) {
        HttpConnection client(behind.proxy.server());
        client.send_request("GET", target);
        BOOST_TEST(behind.serving.wait_for_subscribers(1));
        client.reset();
        BOOST_TEST(
            poll_until(
                [&] {
                    return behind.serving.subscribers() == 0;
                },
                at_once
            ),
            target
        );
    }
}

void check_feeds_with_contents(Behind& behind) {
    const HttpHeaders with_contents{{"Accept", "multipart/mixed"}};
    const std::string poll = std::string(below) + "&wait=30&after=" + cursor_of(behind.get(below));
    const std::string content(60'000, 'y');
    const auto news = behind.held(poll, with_contents, [&] {
        behind.write(content);
    });
    BOOST_TEST(news.status == 200u);
    BOOST_TEST((news.body.find("\r\n\r\n" + content + "\r\n--") != news.body.npos));
    BOOST_TEST(news.body.ends_with("--\r\n"));
    // A cache has the one, and is asked for the other.
    BOOST_TEST(behind.get(poll).header("Content-Type") == "application/json");

    behind.write("small");
    behind.serving.sync();
    const auto all = behind.get(below, with_contents);
    BOOST_TEST((all.body.find("\r\n\r\nsmall\r\n--") != all.body.npos), all.body);
}

void check_codings(Behind& behind) {
    const HttpHeaders takes_gzip{{"Accept-Encoding", "gzip"}};
    const std::string poll = path + ("?wait=30&after=" + behind.version());
    const std::string content(200'000, 'z');
    const auto news = behind.held(poll, takes_gzip, [&] {
        behind.write(content);
    });
    BOOST_TEST(news.status == 200u);
    // A cache has the one, and is asked for the other.
    const auto plain = behind.get(poll);
    BOOST_TEST((plain.body == content));
    BOOST_TEST(!plain.has_header("Content-Encoding"));

    const auto coded = behind.get(path, takes_gzip);
    BOOST_TEST(coded.header("Content-Encoding") == "gzip");
    BOOST_TEST(coded.body.size() < content.size() / 10);
    const std::string tag = coded.header("ETag");
    BOOST_TEST(tag.ends_with("-gzip\""));
    BOOST_TEST(behind.get(path, {{"If-None-Match", tag}, {"Prefer", "wait=1"}}).status == 304u);
}

void check_events(Behind& behind) {
    const std::string interest = "prefix=conf/";
    EventClient client(behind.proxy.server(), interest);
    BOOST_TEST(client.next_until_ready() == "reset conf/a ready", behind.proxy.log());
    behind.write("by events");
    BOOST_TEST(client.next_word(at_once) == "conf/a");
    std::filesystem::remove(behind.serving.tree() / "conf/a");
    BOOST_TEST(client.next_word(at_once) == "[conf/a]");

    client.connection().reset();
    behind.write("by later events");
    EventClient again(behind.proxy.server(), interest, client.last_event_id());
    BOOST_TEST(again.next_word(at_once) == "conf/a");
    behind.write("by events again");
    BOOST_TEST(again.next_word(at_once) == "conf/a");
    again.connection().reset();
    BOOST_TEST(behind.serving.wait_for_subscribers(0));
}

void check_that_nothing_is_missed(Behind& behind) {
    behind.write("first");
    const Follower follower(behind.proxy.server(), "conf/a");
    BOOST_TEST(follower.wait_for("first"));
    for (int number = 0; number < 50; ++number)
        behind.write("content " + std::to_string(number));
    BOOST_TEST(follower.wait_for("content 49"));
    for (int number = 50; number < 55; ++number) {
        behind.write("content " + std::to_string(number));
        BOOST_TEST(follower.wait_for("content " + std::to_string(number)));
    }
    for (const auto& seen : follower.seen())
        BOOST_TEST(seen.status == 200u, seen.body);
}

void check(Behind& behind) {
    check_polls_by_version(behind);
    check_polls_by_tag(behind);
    check_feeds(behind);
    check_feeds_with_contents(behind);
    check_codings(behind);
    check_events(behind);
    check_that_nothing_is_missed(behind);
}

}  // namespace

BOOST_AUTO_TEST_CASE(nginx_passes_held_requests_and_events, *needs(need::service("nginx"))) {
    Behind behind("nginx");
    check(behind);
    check_clients_that_leave(behind);
}

BOOST_AUTO_TEST_CASE(haproxy_passes_held_requests_and_events, *needs(need::service("haproxy"))) {
    Behind behind("haproxy");
    check(behind);
    check_clients_that_leave(behind);
}

BOOST_AUTO_TEST_CASE(caddy_passes_held_requests_and_events, *needs(need::service("caddy"))) {
    Behind behind("caddy");
    check(behind);
    check_clients_that_leave(behind);
}

BOOST_AUTO_TEST_CASE(squid_passes_held_requests_and_events, *needs(need::service("squid"))) {
    Behind behind("squid");
    check(behind);
    check_clients_that_leave(behind);
}

BOOST_AUTO_TEST_CASE(varnish_passes_held_requests_and_events, *needs(need::service("varnishd"))) {
    Behind behind("varnishd");
    check(behind);
}

BOOST_AUTO_TEST_SUITE_END()
