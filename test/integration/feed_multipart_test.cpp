// /v1/changes as multipart/mixed: real workers and sockets, and a writer of the catalog in the test
// process.
#include "test/integration/feed_multipart_fixture.hpp"
#include "test/support/multipart_follower.hpp"

using namespace treecast::test::feed_multipart_cases;

BOOST_AUTO_TEST_SUITE(feed_multipart)

BOOST_FIXTURE_TEST_CASE(contents_come_with_what_is_known_of_them, MultipartFeed) {
    using namespace std::string_literals;
    const std::string binary = "\0\r\n--\r\n\xff\xfe--0123456789abcdef\r\n"s;
    daemon.put("a b/bin", binary);
    daemon.put("empty", "");
    const Version version = daemon.put("text.txt", "text");
    const HttpResponse response = get("");
    BOOST_TEST(response.header("Vary") == "Accept");
    BOOST_TEST(response.header("Cache-Control") == "no-cache");
    BOOST_TEST(response.header("Content-Length") == std::to_string(response.body.size()));
    const MultipartAnswer answer = MultipartAnswer::read(response);
    BOOST_TEST(answer.reset());
    BOOST_TEST(!answer.more());
    BOOST_TEST(!answer.beginning.contains("changes"));
    BOOST_TEST(answer.beginning.at("cursor") == answer.end.at("cursor"));
    BOOST_TEST(answer.text() == "a b/bin=" + binary + " empty= text.txt=text");
    const FilePart& file = answer.files.back();
    BOOST_TEST(file.field("Treecast-Version") == to_string(version));
    BOOST_TEST(file.field("Treecast-Mode") == "0644");
    BOOST_TEST(file.field("Content-Type") == "text/plain; charset=utf-8");
    BOOST_TEST(file.field("Last-Modified") == "Tue, 14 Nov 2023 22:13:20 GMT");

    const json::object plain = ask("");
    BOOST_TEST(cursor_of(plain) == answer.cursor());
    BOOST_TEST(http_get(proxy.server(), "/v1/changes").header("Vary") == "Accept");
}

BOOST_FIXTURE_TEST_CASE(what_changed_is_sent_in_order_each_file_once, MultipartFeed) {
    daemon.put("a", "1");
    daemon.put("b", "1");
    const std::string cursor = read("").cursor();
    daemon.put("b", "2");
    daemon.put("a", "2");
    daemon.put("b", "3");
    daemon.put("c", "1");
    daemon.remove("c");
    daemon.make_unavailable("d", ipc::UnavailableReason::private_file);
    const MultipartAnswer answer = read("after=" + cursor);
    BOOST_TEST(answer.text() == "a=2 b=3 [c] d?");
    BOOST_TEST(answer.files.back().field("Treecast-Reason") == "private");
    BOOST_TEST(!answer.reset());
    BOOST_TEST(!answer.more());
    BOOST_TEST(get("after=" + cursor).header("Cache-Control") == "public, max-age=5");
    BOOST_TEST(read("after=" + answer.cursor()).text() == "");
    BOOST_TEST(read("after=" + answer.cursor()).cursor() == answer.cursor());
}

BOOST_FIXTURE_TEST_CASE(larger_contents_are_left_out, MultipartFeed) {
    daemon.put("a", std::string(65'536, 'a'));
    daemon.put("b", std::string(65'537, 'b'));
    const MultipartAnswer answer = read("");
    BOOST_TEST(answer.text() == "a=" + std::string(65'536, 'a') + " b!");
    const FilePart& left_out = answer.files.back();
    BOOST_TEST(left_out.field("Treecast-Event") == "change");
    BOOST_TEST(left_out.field("Treecast-Reason") == "large");
    BOOST_TEST(left_out.field("Treecast-Size") == "65537");
    BOOST_TEST(left_out.field("Treecast-SHA256") == to_hex(sha256_of(std::string(65'537, 'b'))));
    BOOST_TEST(read("part_max=65535").text() == "a! b!");
    BOOST_TEST(read("part_max=0").text() == "a! b!");
    BOOST_TEST(
        read("part_max=1M").text() ==
        "a=" + std::string(65'536, 'a') + " b=" + std::string(65'537, 'b')
    );
    for (const std::string wrong : {"", "x", "-1", "17M", "16777217"}) {
        const HttpResponse refused = get("part_max=" + wrong);
        BOOST_TEST(refused.status == 400U);
        BOOST_TEST(json::parse(refused.body).at("parameter").as_string() == "part_max");
    }
}

BOOST_FIXTURE_TEST_CASE(who_accepts_what_gets_what, MultipartFeed) {
    daemon.put("a", "1");
    struct {
        std::string accept;
        bool is_multipart;
    } const cases[] = {
        {"multipart/mixed", true},
        {"Multipart/Mixed", true},
        {"multipart/*", true},
        {"multipart/mixed, application/json", true},
        {"multipart/mixed;q=0.5, */*;q=0.1", true},
        {"*/*", false},
        {"multipart/mixed;q=0", false},
        {"multipart/form-data", false},
        {"multipart/mixed;q=0.5, application/json", false},
        {"multipart/mixed;q=0.5, */*", false},
        {"text/html", false},
    };
    for (const auto& each : cases) {
        const HttpResponse response =
            http_get(proxy.server(), "/v1/changes", {{"Accept", each.accept}});
        const std::string type = response.header("Content-Type");
        BOOST_TEST(
            type.starts_with("multipart/mixed; boundary=") == each.is_multipart,
            each.accept
        );
        BOOST_TEST((type == "application/json") == !each.is_multipart, each.accept);
    }
}

BOOST_FIXTURE_TEST_CASE(all_who_wait_get_the_same_answer, MultipartFeed) {
    daemon.put("d/a", "1");
    const std::string cursor = read("prefix=d/").cursor();
    constexpr unsigned each = 300;  // more than a turn has
    std::vector<HttpConnection> held;
    for (unsigned i = 0; i < each; ++i)
        held.push_back(send("prefix=d/&wait=30&after=" + cursor));
    BOOST_TEST_REQUIRE(proxy.wait_for_subscribers(each));
    daemon.put("d/a", std::string(50'000, 'x'));
    std::set<std::string> bodies;
    for (HttpConnection& connection : held) {
        const HttpResponse response = connection.receive();
        BOOST_TEST(MultipartAnswer::read(response).text() == "d/a=" + std::string(50'000, 'x'));
        bodies.insert(response.body);
    }
    BOOST_TEST(bodies.size() <= 3U);  // one for each turn
}

BOOST_FIXTURE_TEST_CASE(waits_end_and_states_are_the_same_as_in_json, MultipartFeed) {
    daemon.put("a", "1");
    const std::string cursor = read("").cursor();
    const HttpResponse quiet = get("wait=100ms&after=" + cursor);
    BOOST_TEST(quiet.header("Cache-Control") == "no-store");
    BOOST_TEST(MultipartAnswer::read(quiet).text() == "");
    BOOST_TEST(MultipartAnswer::read(quiet).cursor() == cursor);

    const std::string line = to_hex(sha256_of("1")) + " 0644 a";
    const std::string digest = to_hex(sha256_of({line.c_str(), line.size() + 1}));
    const MultipartAnswer same = read("state=" + digest);
    BOOST_TEST(same.same());
    BOOST_TEST(same.text() == "");
    BOOST_TEST(same.cursor() == cursor);
    BOOST_TEST(read("state=" + std::string(64, '0')).text() == "a=1");
    const HttpResponse preferred = http_get(
        proxy.server(),
        "/v1/changes?after=" + cursor,
        {{"Accept", "multipart/mixed"}, {"Prefer", "wait=0"}}
    );
    BOOST_TEST(preferred.header("Preference-Applied") == "wait=0");
    BOOST_TEST(MultipartAnswer::read(preferred).text() == "");
}

BOOST_FIXTURE_TEST_CASE(head_and_post_are_answered_too, MultipartFeed) {
    daemon.put("a", "1");
    for (int i = 0; i < 100; ++i)
        daemon.put("many/" + std::to_string(i), "1");
    HttpConnection connection(proxy.server());
    const HttpHeaders accept{{"Accept", "multipart/mixed"}};
    for (const std::string target : {"/v1/changes?path=a", "/v1/changes"}) {
        const HttpResponse head = connection.request("HEAD", target, accept);
        BOOST_TEST(head.status == 200U);
        BOOST_TEST(head.header("Content-Type").starts_with("multipart/mixed; boundary="));
        BOOST_TEST(head.body == "");
    }
    const HttpResponse post =
        connection.request("POST", "/v1/changes", accept, R"({"paths":["a"]})");
    BOOST_TEST(MultipartAnswer::read(post).text() == "a=1");
    BOOST_TEST(post.header("Cache-Control") == "no-store");
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_comes_in_pages, MultipartFeed) {
    for (int i = 0; i < 200; ++i)
        daemon.put("d/" + std::to_string(i), "content of " + std::to_string(i));
    for (const std::string limit : {"3", "64", "65", "1000"}) {
        MultipartFollower follower(proxy.server(), "prefix=d/");
        do
            follower.ask("limit=" + limit);
        while (follower.has_more());
        BOOST_TEST(follower.files().size() == 200U);
        for (const auto& [path, file] : follower.files())
            BOOST_TEST(file.body == "content of " + path.substr(2));
    }
}

BOOST_AUTO_TEST_SUITE_END()
