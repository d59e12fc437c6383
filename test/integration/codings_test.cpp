// Contents that are compressed once for all who take that.
#include "test/integration/codings_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

using namespace treecast;
using namespace treecast::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(codings)

using namespace treecast::test::coding_cases;

BOOST_FIXTURE_TEST_CASE(a_large_content_is_coded_for_the_first_who_asks, Published) {
    const std::string content = lines(300'000);
    daemon.put("f.json", content);

    check_coded(proxy.get("f.json", takes("gzip, deflate, br, zstd")), content, "zstd");
    check_coded(proxy.get("f.json", takes("gzip")), content, "gzip");
    check_coded(proxy.get("f.json", takes("gzip, zstd;q=0.5")), content, "gzip");
    check_coded(proxy.get("f.json"), content, "");
    check_coded(proxy.get("f.json", takes("identity")), content, "");
    check_coded(proxy.get("f.json", takes("gzip;q=0")), content, "");
    BOOST_TEST(status_number(proxy, "made_contents") == 2);

    auto connection = proxy.connect();
    const auto head = connection.request("HEAD", ProxyInProcess::target("f.json"), takes("zstd"));
    BOOST_TEST(coding_of(head) == "zstd");
    BOOST_TEST(
        head.header("Content-Length") ==
        std::to_string(proxy.get("f.json", takes("zstd")).body.size())
    );
}

BOOST_FIXTURE_TEST_CASE(a_head_has_it_made_as_a_get_does, Published) {
    const std::string content = lines(300'000);
    daemon.put("f.json", content);
    auto connection = proxy.connect();
    const auto head = connection.request("HEAD", ProxyInProcess::target("f.json"), takes("zstd"));
    BOOST_TEST(coding_of(head) == "zstd");
    check_coded(connection.get(ProxyInProcess::target("f.json"), takes("zstd")), content, "zstd");
}

BOOST_FIXTURE_TEST_CASE(one_that_was_not_in_memory_for_a_head_is_coded_for_a_get, Published) {
    const std::string content = lines(300'000);
    for (const char* const accepted : {"", "zstd"}) {
        const std::string path = std::string("f") + accepted + ".json";
        daemon.put(path, content, StandInDaemon::As::listed);
        auto connection = proxy.connect();
        const auto head = connection.request("HEAD", ProxyInProcess::target(path), takes(accepted));
        BOOST_TEST(head.status == 200U);
        BOOST_TEST(coding_of(head) == "");
        BOOST_TEST(head.header("Vary") == "Accept-Encoding");
        check_coded(connection.get(ProxyInProcess::target(path), takes("zstd")), content, "zstd");
    }
}

BOOST_FIXTURE_TEST_CASE(a_small_content_is_coded_when_it_is_asked_for_again, Published) {
    const std::string content = lines(20'000);
    daemon.put("f.json", content);
    check_coded(proxy.get("f.json"), content, "");
    check_coded(proxy.get("f.json"), content, "");
    check_coded(proxy.get("f.json", takes("zstd")), content, "");
    check_coded(proxy.get("f.json", takes("zstd")), content, "zstd");
    check_coded(proxy.get("f.json", takes("zstd")), content, "zstd");
    check_coded(proxy.get("f.json", takes("gzip")), content, "gzip");
}

BOOST_FIXTURE_TEST_CASE(what_is_not_coded, Published) {
    daemon.put("tiny.json", lines(1000));
    daemon.put("picture.png", lines(300'000));
    const std::string noise = random_bytes(300'000);
    daemon.put("noise", noise);
    for (int i = 0; i < 3; ++i) {
        for (const char* const path : {"tiny.json", "picture.png"}) {
            const auto response = proxy.get(path, takes("gzip, zstd"));
            BOOST_TEST(coding_of(response) == "");
            BOOST_TEST(!response.has_header("Vary"));
        }
        check_coded(proxy.get("noise", takes("gzip, zstd")), noise, "");
        const auto absent = proxy.get("absent", takes("gzip, zstd"));
        BOOST_TEST(absent.status == 404U);
        BOOST_TEST(coding_of(absent) == "");
    }
    BOOST_TEST(status_number(proxy, "made_contents") == 0);
}

BOOST_FIXTURE_TEST_CASE(who_has_any_coding_is_not_sent_another, Published) {
    const std::string content = lines(300'000);
    daemon.put("f.json", content);
    const std::string tags[] = {
        entity_tag(content),
        coded_tag(content, "zstd"),
        coded_tag(content, "gzip")};
    for (const std::string& tag : tags)
        for (const char* const accepted : {"", "gzip", "zstd"})
            for (const char* const prefix : {"", "W/"}) {
                HttpHeaders headers = takes(accepted);
                headers.emplace_back("If-None-Match", std::string(prefix) + tag);
                const auto response = proxy.get("f.json", headers);
                BOOST_TEST(response.status == 304U);
                BOOST_TEST(response.header("ETag") == tag);
                BOOST_TEST(response.header("Vary") == "Accept-Encoding");
            }
    HttpHeaders old = takes("zstd");
    old.emplace_back("If-None-Match", coded_tag("other", "zstd"));
    check_coded(proxy.get("f.json", old), content, "zstd");
}

BOOST_FIXTURE_TEST_CASE(ranges_are_of_the_identity, Published) {
    const std::string content = lines(300'000);
    daemon.put("f.json", content);
    check_coded(proxy.get("f.json", takes("zstd")), content, "zstd");
    const std::string tag = entity_tag(content);
    const std::string zstd = coded_tag(content, "zstd");
    struct {
        std::string field;
        std::string value;
        unsigned status;
    } const cases[] = {
        {"If-Range", tag, 206},
        {"If-Range", zstd, 200},  // what it has is no part of what a range would be of
        {"If-Match", tag, 206},
        {"If-Match", zstd, 412},
        {"Accept", "*/*", 206},
    };
    for (const auto& each : cases) {
        HttpHeaders headers = takes("zstd");
        headers.emplace_back("Range", "bytes=10-19");
        headers.emplace_back(each.field, each.value);
        const auto response = proxy.get("f.json", headers);
        BOOST_TEST(response.status == each.status, each.field << ' ' << each.value);
        BOOST_TEST(coding_of(response) == "");
        if (each.status == 206)
            BOOST_TEST(response.body == content.substr(10, 10));
        if (each.status == 200)
            check_coded(response, content, "");
    }
    HttpHeaders whole = takes("gzip");
    whole.emplace_back("If-Match", zstd);
    check_coded(proxy.get("f.json", whole), content, "gzip");
}

BOOST_FIXTURE_TEST_CASE(who_refuses_the_identity_gets_a_coding_or_406, Published) {
    const std::string content = lines(2'000);
    daemon.put("f.json", content);
    daemon.put("noise", random_bytes(2'000));
    check_coded(proxy.get("f.json", takes("gzip, identity;q=0")), content, "gzip");
    for (const auto& [path, accepted] : HttpHeaders{
             {"f.json", "identity;q=0"},
             {"f.json", "br, *;q=0"},
             {"noise", "gzip, identity;q=0"},
             {"noise", "gzip, identity;q=0"}}) {
        const auto refused = proxy.get(path, takes(accepted.c_str()));
        BOOST_TEST(refused.status == 406U);
        BOOST_TEST(refused.header("Content-Type") == "application/problem+json");
        BOOST_TEST(refused.header("Cache-Control") == "no-store");
    }
    const std::string tag = proxy.get("noise").header("ETag");
    HttpHeaders known = takes("identity;q=0");
    known.emplace_back("If-None-Match", tag);
    BOOST_TEST(proxy.get("noise", known).status == 304U);
}

BOOST_FIXTURE_TEST_CASE(http_1_0_and_empty_fields, Published) {
    const std::string content = lines(300'000);
    daemon.put("f.json", content);
    auto old = proxy.connect();
    old.send_bytes("GET /v1/files/f.json HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    check_coded(old.receive_answer_to("GET"), content, "gzip");
    check_coded(proxy.get("f.json", takes("")), content, "");
}

BOOST_AUTO_TEST_SUITE_END()
