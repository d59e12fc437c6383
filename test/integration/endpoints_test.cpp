// The front page, short names of files, and what the listing says: real workers and sockets, and a
// writer of the catalog in the test process.
#include "base/file_time.hpp"
#include "test/integration/proxy_in_process.hpp"
#include "test/integration/stand_in_daemon.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(endpoints)

namespace {

struct Published {
    InstanceGuard instance{};
    StandInDaemon daemon{instance};
    ProxyInProcess proxy{instance};

    HttpResponse ask(
        const std::string& method,
        const std::string& target,
        const HttpHeaders& headers = {},
        const std::string& body = {}
    ) const {
        auto connection = proxy.connect();
        return connection.request(method, target, headers, body);
    }
    HttpResponse get(const std::string& target, const HttpHeaders& headers = {}) const {
        return ask("GET", target, headers);
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_front_page_says_what_this_is_and_what_is_there, Published) {
    daemon.put("conf/<i>", "x");
    daemon.put("app.conf", "x");
    daemon.put(".hidden", "x");
    daemon.put("gone", "x");
    daemon.remove("gone");
    daemon.put("secret/key", "x");
    daemon.make_unavailable("secret/key", ipc::UnavailableReason::private_file);
    BOOST_TEST(poll_until([&] {
        return get("/v1/status").status == 200 && has(get("/v1/status").body, "\"attached\":true");
    }));

    const auto early = get("/");
    BOOST_TEST(early.status == 503u);
    BOOST_TEST(early.has_header("Retry-After"));
    BOOST_TEST(has(early.body, "still reading"), early.body);
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());

    const auto text = get("/", {{"Accept", "*/*"}});
    const auto html = get("/?x=1", {{"Accept", "text/html,*/*;q=0.8"}});

    BOOST_TEST(text.status == 200u);
    BOOST_TEST(text.header("Content-Type") == "text/plain; charset=utf-8");
    BOOST_TEST(text.header("Vary") == "Accept");
    BOOST_TEST(text.header("Cache-Control") == "no-store");
    for (const char* const part :
         {"/v1/files/PATH",
          "/v1/changes",
          "/v1/status",
          "/healthz",
          "  /v1/files/app.conf\n",
          "  /v1/changes?prefix=conf/\n"})
        BOOST_TEST(has(text.body, part), part << " in " << text.body);
    for (const char* const part : {"hidden", "gone", "secret", "<html"})
        BOOST_TEST(!has(text.body, part), part << " in " << text.body);
    BOOST_TEST(html.status == 200u);
    BOOST_TEST(html.header("Content-Type") == "text/html; charset=utf-8");
    BOOST_TEST(html.header("Vary") == "Accept");
    BOOST_TEST(has(html.body, "<a href=\"/v1/files/app.conf\">app.conf</a>"), html.body);
    const auto head = ask("HEAD", "/");
    BOOST_TEST(head.status == 200u);
    BOOST_TEST(head.header("Content-Length") == std::to_string(text.body.size()));
    BOOST_TEST(head.body.empty());
}

BOOST_FIXTURE_TEST_CASE(a_short_name_leads_to_its_file, Published) {
    daemon.put("conf", "x");
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());

    for (const std::string method : {"GET", "HEAD"}) {
        const auto response = ask(method, "/conf%2B+?after=1&wait=%330");
        BOOST_TEST(response.status == 308u);
        BOOST_TEST(response.header("Location") == "/v1/files/conf%2B+?after=1&wait=%330");
        BOOST_TEST(response.header("Cache-Control") == "no-store");
        BOOST_TEST(response.body.empty() == (method == "HEAD"));
    }
    BOOST_TEST(get(get("/conf").header("Location")).body == "x");
    BOOST_TEST(get("http://other.example/conf").header("Location") == "/v1/files/conf");
    for (const char* const bad :
         {"//evil.example",
          "//evil.example/",
          "/a/../b",
          "/%2e%2e",
          "/a%00",
          "/a/",
          "/%",
          "/a%2fb"})
        BOOST_TEST(get(bad).status == 400u, bad);
    for (const char* const unknown : {"/v1/", "/v1/conf", "/v1/files"}) {
        const auto response = get(unknown);
        BOOST_TEST(response.status == 404u, unknown);
        BOOST_TEST(response.header("Content-Type") == "application/problem+json");
    }
}

BOOST_FIXTURE_TEST_CASE(every_path_has_its_endpoint, Published) {
    daemon.put("conf/a b", "content");
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    struct {
        const char* path;
        unsigned status;
        const char* part;  // of the body that only this endpoint has
    } const rows[] = {
        {"/", 200, "/v1/changes"},
        {"/healthz", 200, "\"live\""},
        {"/readyz", 200, "\"ready\""},
        {"/v1/status", 200, "\"workers\""},
        {"/v1/changes", 200, "\"changes\""},
        {"/v1/files/conf/a%20b", 200, "content"},
        {"/v1/files/", 400, "path"},
        {"/conf/a%20b", 308, "/v1/files/conf/a%20b"},
        {"/healthz/x", 308, "/v1/files/healthz/x"},
        {"/v1", 308, "/v1/files/v1"},
        {"/v2/files/x", 308, "/v1/files/v2/files/x"},
        {"/v1/", 404, "404"},
        {"/v1/files", 404, "404"},
        {"/v1/nothing", 404, "404"},
        {"/v1/status/x", 404, "404"},
    };
    for (const auto& row : rows) {
        const auto response = get(row.path);
        BOOST_TEST(response.status == row.status, row.path);
        BOOST_TEST(has(response.body, row.part), row.path << ": " << response.body);
    }
    const auto with_body = ask("GET", "/v1/files/conf/a%20b", {}, "body");
    BOOST_TEST(with_body.status == 413u);
    BOOST_TEST(ask("POST", "/v1/nothing", {}, "body").status == 404u);
}

BOOST_FIXTURE_TEST_CASE(a_body_is_refused_with_what_is_possible_and_without_a_reset, Published) {
    daemon.put("f", "x");
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    const std::string body(200'000, 'b');

    for (const std::string target :
         {"/v1/files/f", "/v1/files/none", "/v1/status", "/healthz", "/", "/f"})
        for (const std::string method : {"POST", "PUT", "DELETE"}) {
            const auto response = ask(method, target, {}, body);
            BOOST_TEST(response.status == 405u, method << ' ' << target);
            BOOST_TEST(response.header("Allow") == "GET, HEAD");
            BOOST_TEST(!response.keep_alive);
        }
    const auto put = ask("PUT", "/v1/changes", {}, body);
    BOOST_TEST(put.status == 405u);
    BOOST_TEST(put.header("Allow") == "GET, HEAD, POST");
    auto connection = proxy.connect();
    connection.send_bytes(
        "PUT /v1/files/f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
    );
    BOOST_TEST(connection.receive_bytes().starts_with("HTTP/1.1 405 "));
    connection.send_bytes("hello\r\n0\r\n\r\n");
    BOOST_TEST(connection.is_closed_by_server());
    BOOST_TEST(ask("POST", "/v1/files/f").status == 405u);
    BOOST_TEST(ask("POST", "/v1/files/f").keep_alive);
}

BOOST_FIXTURE_TEST_CASE(times_that_http_cannot_say_are_right_in_the_listing, Published) {
    daemon.complete_scan();
    BOOST_TEST_REQUIRE(proxy.wait_until_ready());
    struct {
        std::int64_t mtime;
        const char* listed;  // null: none
        const char* date;    // Last-Modified; empty: none
    } const cases[] = {
        {-11'644'473'600, "1601-01-01T00:00:00.000000000Z", ""},
        {15'032'385'535, "2446-05-10T22:38:55.000000000Z", ""},
        {-1, "1969-12-31T23:59:59.000000000Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
        {0, "1970-01-01T00:00:00.000000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
        {year_0_s, "0000-01-01T00:00:00.000000000Z", ""},
        {year_10000_s - 1, "9999-12-31T23:59:59.000000000Z", ""},
        {year_10000_s, nullptr, ""},
        {year_0_s - 1, nullptr, ""},
    };
    int number = 0;
    for (const auto& each : cases) {
        const std::string path = "f" + std::to_string(++number);
        daemon.set_mtime(each.mtime);
        daemon.put(path, "x");

        const auto file = proxy.get(path);
        const auto listing = boost::json::parse(get("/v1/changes?prefix=" + path).body);

        BOOST_TEST(file.status == 200u);
        BOOST_TEST(file.header("Last-Modified") == each.date, each.mtime);
        const auto& mtime = listing.at("changes").at(0).at("mtime");
        BOOST_TEST(mtime.is_null() == (each.listed == nullptr), each.mtime);
        if (each.listed != nullptr)
            BOOST_TEST((mtime == each.listed), each.mtime << ": " << mtime);
    }
}

BOOST_AUTO_TEST_SUITE_END()
