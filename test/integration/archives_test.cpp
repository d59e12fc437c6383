// Archives that are answered at once: real workers and sockets, and a writer of the catalog in the
// test process.
#include "test/integration/archives_fixture.hpp"

#include <set>

using namespace treecast::test::archive_cases;

BOOST_AUTO_TEST_SUITE(archives)

BOOST_FIXTURE_TEST_CASE(what_lies_below_a_prefix_is_in_it_in_order, Archives) {
    for (const char* const path : {"d/b", "d/sub/x", "d/a b", "d/a", "dx", "e", "d/\xc3\xa4"})
        daemon.put(path, std::string("in ") + path);
    const std::string all_below =
        "a=in d/a a b=in d/a b b=in d/b sub/x=in d/sub/x \xc3\xa4=in d/\xc3\xa4";
    const HttpResponse tar = get("d.tar");
    BOOST_TEST(files_in(tar) == all_below);
    BOOST_TEST(tar.header("Content-Type") == "application/x-tar");
    BOOST_TEST(tar.header("Accept-Ranges") == "none");
    BOOST_TEST(tar.header("Cache-Control") == "no-cache");
    BOOST_TEST(!tar.has_header("Last-Modified"));
    BOOST_TEST(files_in(get("d/sub.tar")) == "x=in d/sub/x");
    BOOST_TEST(read_tar(get(".tar").body).size() == 7u);
    BOOST_TEST(get("d.tar.gz").header("Content-Type") == "application/gzip");
    BOOST_TEST(get("d.tar.zst").header("Content-Type") == "application/zstd");
    BOOST_TEST(get("d.tar", {{"Range", "bytes=0-9"}}).status == 200u);
    const auto head = HttpConnection(proxy.server()).request("HEAD", target("d.tar"));
    BOOST_TEST(head.status == 200u);
    BOOST_TEST(head.header("Content-Length") == std::to_string(tar.body.size()));
    BOOST_TEST(head.header("ETag") == tar.header("ETag"));
    BOOST_TEST(made() == 5);
}

BOOST_FIXTURE_TEST_CASE(the_same_state_makes_the_same_bytes_and_each_coding_has_its_tag, Archives) {
    const auto fill = [](StandInDaemon& publisher, const std::vector<std::string>& paths) {
        for (const std::string& path : paths)
            publisher.put(path, "in " + path);
    };
    fill(daemon, {"d/a", "d/b", "d/c"});
    InstanceGuard other_instance;
    StandInDaemon other(other_instance);
    other.put("e", "");
    fill(other, {"d/c", "d/b", "d/a"});
    other.complete_scan();
    ProxyInProcess other_proxy(other_instance);
    BOOST_TEST_REQUIRE(other_proxy.wait_until_ready());
    std::set<std::string> tags;
    for (const char* const ending : {".tar", ".tar.gz", ".tar.zst"}) {
        const auto one = get(std::string("d") + ending);
        const auto two = http_get(other_proxy.server(), target(std::string("d") + ending));
        BOOST_TEST((one.body == two.body), ending);
        BOOST_TEST(one.header("ETag") == two.header("ETag"));
        tags.insert(one.header("ETag"));
    }
    BOOST_TEST(tags.size() == 3u);
    daemon.set_mode({"d/b"}, 0755);
    const auto changed = get("d.tar");
    BOOST_TEST(!tags.contains(changed.header("ETag")));
    BOOST_TEST(read_tar(changed.body)[1].mode == 0755u);
    daemon.set_mode({"d/b"}, 0644);
    BOOST_TEST(tags.contains(get("d.tar").header("ETag")));
}

BOOST_FIXTURE_TEST_CASE(contents_that_are_not_in_memory_are_loaded, Archives) {
    constexpr int count = 1300;
    for (int i = 0; i < count; ++i)
        daemon.put(
            "d/" + std::to_string(i),
            std::string(static_cast<std::size_t>(i), 'x'),
            i % 2 == 0 ? StandInDaemon::As::unhashed : StandInDaemon::As::listed
        );
    const auto entries = read_tar(get("d.tar").body);
    BOOST_TEST_REQUIRE(entries.size() == std::size_t{count});
    for (const TarEntry& entry : entries)
        BOOST_TEST_REQUIRE(entry.content.size() == std::stoul(entry.path));
    BOOST_TEST(daemon.wants() >= std::size_t{count});
    // They may be evicted: the archive is kept.
    for (int i = 0; i < count; ++i)
        daemon.evict("d/" + std::to_string(i));
    BOOST_TEST(read_tar(get("d.tar").body).size() == std::size_t{count});
    BOOST_TEST(made() == 1);
}

BOOST_FIXTURE_TEST_CASE(conditions_are_judged_as_a_files_are, Archives) {
    const std::string older = to_string(daemon.put("d/a", "1"));
    const std::string version = to_string(daemon.put("d/b", "1"));
    const auto response = get("d.tar.gz");
    const std::string tag = response.header("ETag");
    BOOST_TEST(response.header("Treecast-Version") == version);
    const std::string unknown = "0000000000000001.5";
    struct {
        std::string query;
        HttpHeaders headers;
        unsigned status;
    } const cases[] = {
        {"", {{"If-None-Match", tag}}, 304},
        {"", {{"If-None-Match", "W/" + tag}}, 304},
        {"", {{"If-None-Match", "*"}}, 304},
        {"", {{"If-None-Match", "\"00\", " + tag}}, 304},
        {"", {{"If-None-Match", get("d.tar").header("ETag")}}, 200},
        {"", {{"If-Match", tag}}, 200},
        {"", {{"If-Match", "\"00\""}}, 412},
        {"", {{"If-Modified-Since", "Fri, 31 Dec 2100 00:00:00 GMT"}}, 200},
        {"", {{"If-Unmodified-Since", "Tue, 01 Jan 1980 00:00:00 GMT"}}, 200},
        {"?after=" + version, {}, 204},
        {"?after=" + version, {{"If-None-Match", tag}}, 304},
        {"?after=" + older, {}, 200},
        {"?wait=30&after=" + older, {}, 200},
        {"?wait=30&after=" + older, {{"If-None-Match", tag}}, 304},
        {"?wait=30&after=" + unknown, {}, 200},
        {"?wait=50ms&after=" + version, {}, 204},
        {"?wait=50ms", {{"If-None-Match", tag}}, 304},
        {"?wait=50ms", {{"If-None-Match", "*"}}, 304},
        {"?wait=-1", {}, 400},
        {"?wiat=1", {}, 400},
        {"?after=1", {}, 400},
    };
    for (const auto& each : cases) {
        const auto answer = get("d.tar.gz" + each.query, each.headers);
        BOOST_TEST(answer.status == each.status, each.query);
        BOOST_TEST((answer.header("ETag") == (each.status == 200 || each.status == 304 ? tag : ""))
        );
    }
    BOOST_TEST(get("d").status == 404u);
    BOOST_TEST(get("d/.tar").status == 400u);
    BOOST_TEST(
        HttpConnection(proxy.server()).request("POST", target("d.tar"), {}, "x").status == 405u
    );
}

BOOST_FIXTURE_TEST_CASE(
    private_files_are_left_out_and_others_that_cannot_be_served_refuse_it,
    Archives
) {
    using ipc::UnavailableReason;
    daemon.put("d/a", "1");
    daemon.make_unavailable("d/b", UnavailableReason::private_file);
    BOOST_TEST(files_in(get("d.tar")) == "a=1");
    for (const auto reason :
         {UnavailableReason::unreadable,
          UnavailableReason::too_large,
          UnavailableReason::unstable}) {
        daemon.make_unavailable("d/z", UnavailableReason::hung);
        daemon.make_unavailable("d/c", reason);
        const auto refused = get("d.tar");
        BOOST_TEST(refused.status == 503u);
        BOOST_TEST((refused.body.find("'d/c'") != std::string::npos), refused.body);
        BOOST_TEST((refused.body.find(ipc::to_string(reason)) != std::string::npos), refused.body);
        BOOST_TEST(refused.has_header("Retry-After"));
        BOOST_TEST(get("e.tar").status == 404u);
    }
    daemon.remove("d/c");
    daemon.put("d/z", "2");
    BOOST_TEST(files_in(get("d.tar")) == "a=1 z=2");
    daemon.remove("d/a");
    daemon.remove("d/z");
    BOOST_TEST(get("d.tar").status == 404u);
}

BOOST_FIXTURE_TEST_CASE(a_publication_under_way_is_waited_for, Archives) {
    daemon.put("d/a", "1");
    daemon.put("d/b", "1");
    std::optional<HttpConnection> asked;
    daemon.set_mode({"d/a", "d/b"}, 0600, [&] {
        asked = poll("d.tar");
        BOOST_TEST(!asked->has_answer(a_while));
    });
    for (const TarEntry& entry : read_tar(asked->receive().body))
        BOOST_TEST(entry.mode == 0600u);
    // It is not waited for without end.
    daemon.set_mode({"d/a"}, 0644, [&] {
        BOOST_TEST(get("d.tar.zst").status == 503u);
    });
}

BOOST_FIXTURE_TEST_CASE(what_changes_while_contents_are_loaded_is_copied_again, Archives) {
    daemon.serve_wants(false);
    daemon.put("d/a", "1");
    daemon.put("d/b", "1", StandInDaemon::As::listed);
    daemon.put("d/c", "1");
    HttpConnection asked = poll("d.tar");
    BOOST_TEST(poll_until([&] {
        return daemon.wants() > 0;
    }));
    daemon.put("d/a", "22");
    daemon.remove("d/c");
    daemon.put("d/d", "2");
    BOOST_TEST(!asked.has_answer(a_while));
    daemon.serve_wants(true);
    BOOST_TEST(files_in(asked.receive()) == "a=22 b=1 d=2");
}

BOOST_FIXTURE_TEST_CASE(a_request_is_answered_with_what_there_is_when_it_comes, Archives) {
    daemon.put("d/a", "0");
    daemon.ring_bell(false);  // the worker notices nothing by itself
    for (int i = 1; i < 20; ++i) {
        daemon.put("d/a", std::to_string(i));
        BOOST_TEST(files_in(get("d.tar")) == "a=" + std::to_string(i));
    }
}

BOOST_AUTO_TEST_SUITE_END()
