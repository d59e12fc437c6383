// Compressed contents, from a real tree, as curl and other clients take them.
#include "test/support/decode_content.hpp"
#include "test/support/pair_of_programs.hpp"
#include "test/support/serving.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(codings)

namespace {

std::string lines(std::size_t bytes, int seed = 0) {
    std::string text;
    for (int i = seed; text.size() < bytes; ++i)
        text += "{\"number\":" + std::to_string(i % 10007 * 7919 % 10007) + "},\n";
    text.resize(bytes);
    return text;
}

HttpHeaders takes(const std::string& codings) {
    return {{"Accept-Encoding", codings}};
}

std::string coding_of(const HttpResponse& response) {
    return response.header("Content-Encoding");
}

bool decodes_to(const HttpResponse& response, const std::string& content) {
    return decode_content(coding_of(response), response.body) == content;
}

std::int64_t status_number(const HttpServer& server, std::string_view name) {
    const auto answer = http_get(server, "/v1/status");
    return boost::json::parse(answer.body).as_object().at(name).to_number<std::int64_t>();
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_size_decodes_to_the_files_bytes) {
    const Serving serving;
    for (const std::size_t size : {1024U, 40'000U, 65'535U, 65'536U, 200'000U, 5'000'000U}) {
        const std::string content = lines(size);
        serving.tree().write("f.json", content);
        serving.sync();
        for (const char* const coding : {"zstd", "gzip"}) {
            serving.get("f.json", takes(coding));  // a small one is coded for the second
            // A machine under load may take more than the time that a client waits.
            HttpResponse response;
            BOOST_TEST(poll_until([&] {
                response = serving.get("f.json", takes(coding));
                BOOST_TEST(decodes_to(response, content), size);
                return coding_of(response) == coding;
            }));
            for (const std::string& tag : {response.header("ETag"), "W/" + response.header("ETag")})
                for (const char* const taken : {"zstd", "gzip", ""}) {
                    HttpHeaders headers = takes(taken);
                    headers.emplace_back("If-None-Match", tag);
                    BOOST_TEST(serving.get("f.json", headers).status == 304U);
                }
        }
        BOOST_TEST((serving.get("f.json").body == content));
    }
}

BOOST_AUTO_TEST_CASE(a_held_poll_gets_each_version_whole) {
    const Serving serving({{"f.json", lines(300'000)}}, {"--workers", "2"});
    std::vector<HttpConnection> polls;
    const std::vector<std::string> codings{"zstd", "gzip", "", "zstd, gzip", "br"};
    std::string version = serving.get("f.json").header("Treecast-Version");
    for (std::size_t i = 0; i < codings.size(); ++i)
        polls.emplace_back(serving.server());
    std::size_t coded = 0;
    for (int round = 1; round <= 10; ++round) {
        for (std::size_t i = 0; i < polls.size(); ++i)
            polls[i].send_request(
                "GET",
                Serving::target("f.json?wait=30&after=" + version),
                takes(codings[i])
            );
        BOOST_TEST_REQUIRE(serving.wait_for_subscribers(polls.size()));
        const std::string content = lines(300'000, round);
        serving.tree().write("new", content);
        std::filesystem::rename(serving.tree() / "new", serving.tree() / "f.json");
        for (HttpConnection& each : polls) {
            const auto response = each.receive();
            BOOST_TEST(response.status == 200U);
            BOOST_TEST(decodes_to(response, content));
            coded += coding_of(response).empty() ? 0U : 1U;
            version = response.header("Treecast-Version");
        }
    }
    BOOST_TEST(coded > 0U);
    // Both workers send what was made once: at most a zstd and a gzip for each version.
    BOOST_TEST(status_number(serving.server(), "codings_made") <= 20);
    BOOST_TEST(status_number(serving.server(), "made_contents") <= 2);
}

BOOST_AUTO_TEST_CASE(a_small_limit_leaves_the_identity) {
    const std::string content = lines(300'000);
    const Serving serving({{"f.json", content}}, {"--made-limit", "4K"});
    for (int i = 0; i < 3; ++i) {
        const auto response = serving.get("f.json", takes("zstd, gzip"));
        BOOST_TEST(response.status == 200U);
        BOOST_TEST((response.body == content));
    }
    BOOST_TEST(status_number(serving.server(), "made_bytes") == 0);
}

BOOST_AUTO_TEST_CASE(a_tag_lasts_across_restarts) {
    PairOfPrograms programs;
    programs.tree().write("f.json", lines(300'000));
    programs.start_daemon();
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    const auto get = [&](HttpHeaders headers) {
        headers.emplace_back("Accept-Encoding", "zstd");
        return http_get(programs.server(), Serving::target("f.json"), headers);
    };
    std::string tag;
    BOOST_TEST(poll_until([&] {
        const auto response = get({});
        tag = response.header("ETag");
        return coding_of(response) == "zstd";
    }));
    BOOST_TEST((programs.proxy()->terminate() == 0));
    programs.start_proxy();
    BOOST_TEST_REQUIRE(programs.wait_until_ready());
    BOOST_TEST(get({{"If-None-Match", tag}}).status == 304U);
    BOOST_TEST(poll_until([&] {
        return get({}).header("ETag") == tag;
    }));
}

BOOST_AUTO_TEST_SUITE_END()
