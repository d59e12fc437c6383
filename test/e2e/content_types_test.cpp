// The media types that `--mime` gives, in every answer with content.
#include "test/support/serving.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(content_types)

namespace {

const Files files{
    {"policy/bundle.tar.gz", "not a bundle"},
    {"bundle.tar.gz", "not a bundle either"},
    {"targets/web/hosts", "[]"},
    {"targets/db.yaml", "[]"},
    {"notes.yaml", "a: b"}};

const std::vector<std::string> options{
    "--mime",
    "*.tar.gz=application/vnd.openpolicyagent.bundles",
    "--mime",
    "targets/**=application/x-overruled",
    "--mime",
    "targets/**=application/json"};

constexpr std::string_view bundles = "application/vnd.openpolicyagent.bundles";

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_rule_for_the_whole_path_wins_over_the_table) {
    const Serving serving(files, options);
    struct {
        std::string_view path;
        std::string_view type;
    } const cases[] = {
        {"bundle.tar.gz", bundles},
        {"policy/bundle.tar.gz", "application/gzip"},
        {"targets/web/hosts", "application/json"},
        {"targets/db.yaml", "application/json"},
        {"notes.yaml", "text/plain; charset=utf-8"},
    };
    for (const auto& each : cases)
        BOOST_TEST(serving.get(each.path).header("Content-Type") == each.type, each.path);
}

BOOST_AUTO_TEST_CASE(every_answer_with_content_has_the_type_and_304_has_none) {
    const Serving serving(files, options);
    const auto whole = serving.get("bundle.tar.gz");
    BOOST_TEST(whole.status == 200);
    BOOST_TEST(whole.header("Content-Type") == bundles);

    const auto part = serving.get("bundle.tar.gz", {{"Range", "bytes=0-2"}});
    BOOST_TEST(part.status == 206);
    BOOST_TEST(part.header("Content-Type") == bundles);

    const auto head =
        HttpConnection(serving.server()).request("HEAD", Serving::target("bundle.tar.gz"));
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.header("Content-Type") == bundles);

    const auto same = serving.get("bundle.tar.gz", {{"If-None-Match", whole.header("ETag")}});
    BOOST_TEST(same.status == 304);
    BOOST_TEST(!same.has_header("Content-Type"));

    auto poll = serving.poll("bundle.tar.gz", "wait=60&after=" + whole.header("Treecast-Version"));
    BOOST_TEST_REQUIRE(serving.wait_for_subscribers(1));
    serving.tree().write("bundle.tar.gz", "news");
    const auto news = poll.receive();
    BOOST_TEST(news.status == 200);
    BOOST_TEST(news.body == "news");
    BOOST_TEST(news.header("Content-Type") == bundles);
}

BOOST_AUTO_TEST_SUITE_END()
