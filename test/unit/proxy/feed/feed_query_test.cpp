// The query of a URL. feed_body_test.cpp has the body of a POST.
#include "proxy/feed/feed_query.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(feed_query)

namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const std::vector<Glob>& globs) {
    Texts texts;
    for (const Glob& glob : globs)
        texts.push_back(glob.text());
    return texts;
}

}  // namespace

BOOST_AUTO_TEST_CASE(known_parameters_are_taken_in_any_order) {
    FeedQuery query;

    BOOST_TEST(!parse_feed_query(
        "limit=7&glob=*.txt&after=00000000000000ff.12.3-4&path=a/b&_=1&wait=500ms&prefix=c%2F&_",
        query
    ));

    BOOST_TEST(query.interest.paths == Texts{"a/b"});
    BOOST_TEST(query.interest.prefixes == Texts{"c/"});
    BOOST_TEST(texts_of(query.interest.globs) == Texts{"*.txt"});
    BOOST_TEST((query.after == FeedCursor{{255, 12}, SnapshotPlace{3, 4}}));
    BOOST_TEST((query.wait == 500ms));
    BOOST_TEST(query.limit == 7u);
}

BOOST_AUTO_TEST_CASE(a_state_is_a_digest_and_comes_once) {
    std::string digest(64, '0');
    digest.back() = 'f';
    FeedQuery query;
    BOOST_TEST(!parse_feed_query("state=" + digest, query));
    Sha256 expected{};
    expected.back() = 0x0f;
    BOOST_TEST((query.state == expected));
    for (const std::string& text :
         {"state=" + digest + '0',
          "state=" + digest.substr(1),
          "state=x" + digest.substr(1),
          "state=" + digest + "&state=" + digest}) {
        FeedQuery refused;
        const auto refusal = parse_feed_query(text, refused);
        BOOST_TEST_REQUIRE(refusal.has_value(), text);
        BOOST_TEST(refusal->parameter == "state", text);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_query_says_nothing) {
    for (const char* const text : {"", "&", "_=1", "&&_=%zz&"}) {
        FeedQuery query;
        BOOST_TEST(!parse_feed_query(text, query), text);
        BOOST_TEST(query.interest.paths.empty());
        BOOST_TEST(query.interest.prefixes.empty());
        BOOST_TEST(query.interest.globs.empty());
        BOOST_TEST(!query.after);
        BOOST_TEST(!query.wait);
        BOOST_TEST(query.limit == listed_files_max);
    }
}

BOOST_AUTO_TEST_CASE(paths_prefixes_and_globs_may_be_repeated) {
    FeedQuery query;

    BOOST_TEST(!parse_feed_query(
        "path=b&path=a&prefix=&glob=*&path=b&prefix=d/e&glob=%5Ba%5D&prefix=d//"
        "&glob=*&path=%C3%A9+1",
        query
    ));

    BOOST_TEST(query.interest.paths == (Texts{"b", "a", "b", "\xc3\xa9 1"}));
    BOOST_TEST(query.interest.prefixes == (Texts{"", "d/e", "d//"}));
    BOOST_TEST(texts_of(query.interest.globs) == (Texts{"*", "[a]", "*"}));
}

BOOST_AUTO_TEST_CASE(there_may_be_thousands_of_paths) {
    std::string text;
    for (int i = 0; i < 4000; ++i)
        text += "&path=conf/" + std::to_string(i);
    FeedQuery query;

    BOOST_TEST(!parse_feed_query(text, query));

    BOOST_TEST_REQUIRE(query.interest.paths.size() == 4000u);
    BOOST_TEST(query.interest.paths.back() == "conf/3999");
}

BOOST_AUTO_TEST_CASE(a_limit_is_at_most_what_one_answer_lists) {
    struct {
        const char* text;
        std::size_t limit;
    } const cases[] = {
        {"limit=1", 1},
        {"limit=4999", 4999},
        {"limit=5000", 5000},
        {"limit=5001", 5000},
        {"limit=100000", 5000},
    };
    for (const auto& each : cases) {
        FeedQuery query;
        BOOST_TEST(!parse_feed_query(each.text, query), each.text);
        BOOST_TEST(query.limit == each.limit, each.text);
    }
}

BOOST_AUTO_TEST_CASE(paths_and_prefixes_are_as_long_as_the_kernel_allows) {
    std::string path;
    while (path.size() < 4095)
        path += std::string(std::min<std::size_t>(255, 4095 - path.size()), 'a') + '/';
    path.pop_back();
    BOOST_TEST_REQUIRE(path.size() == 4095u);
    struct {
        std::string text;
        const char* refused;  // null: accepted
    } const cases[] = {
        {"path=" + path, nullptr},
        {"path=" + path + "a", "path"},
        {"path=" + std::string(256, 'a'), "path"},
        {"prefix=" + path, nullptr},
        {"prefix=" + path + "a", "prefix"},
        {"glob=" + path + "*", nullptr},
        {"glob=" + path + "**", "glob"},
    };
    for (const auto& each : cases) {
        FeedQuery query;
        const auto refusal = parse_feed_query(each.text, query);
        BOOST_TEST_REQUIRE(refusal.has_value() == (each.refused != nullptr), each.text);
        if (refusal)
            BOOST_TEST(refusal->parameter == each.refused);
    }
}

BOOST_AUTO_TEST_CASE(every_refusal_names_its_parameter) {
    struct {
        const char* text;
        const char* parameter;
    } const cases[] = {
        {"path", "path"},
        {"path=", "path"},
        {"path=/a", "path"},
        {"path=a/", "path"},
        {"path=a//b", "path"},
        {"path=.", "path"},
        {"path=a/../b", "path"},
        {"path=a%00", "path"},
        {"path=%ff", "path"},
        {"path=a&path=a/", "path"},
        {"path=a%2", "path"},
        {"prefix=/", "prefix"},
        {"prefix=%2Fa", "prefix"},
        {"prefix=a%00", "prefix"},
        {"prefix=%C3", "prefix"},
        {"prefix=a&prefix=/b", "prefix"},
        {"glob", "glob"},
        {"glob=", "glob"},
        {"glob=%5Ba", "glob"},
        {"glob=a**", "glob"},
        {"glob=a%5C", "glob"},
        {"glob=/a", "glob"},
        {"glob=%FF", "glob"},
        {"glob=*&glob=**a", "glob"},
        {"limit", "limit"},
        {"limit=", "limit"},
        {"limit=0", "limit"},
        {"limit=100001", "limit"},
        {"limit=18446744073709551615", "limit"},
        {"limit=18446744073709551616", "limit"},
        {"limit=000", "limit"},
        {"limit=-1", "limit"},
        {"limit=+1", "limit"},
        {"limit=1.5", "limit"},
        {"limit=1k", "limit"},
        {"limit=0x10", "limit"},
        {"limit=99999999999999999999x", "limit"},
        {"limit=1&limit=1", "limit"},
        {"wait=", "wait"},
        {"wait=1h", "wait"},
        {"wait=-1", "wait"},
        {"wait=1&wait=1", "wait"},
        {"after=", "after"},
        {"after=1", "after"},
        {"after=00000000000000ff.12.3", "after"},
        {"after=00000000000000ff.1&after=00000000000000ff.1", "after"},
        {"paths=a", "paths"},
        {"Path=a", "Path"},
        {"state=", "state"},
        {"state=1", "state"},
        {"__=1", "__"},
        {"=1", ""},
        {"%zz=1", "%zz"},
    };
    for (const auto& each : cases) {
        FeedQuery query;
        const auto refusal = parse_feed_query(each.text, query);
        BOOST_TEST_REQUIRE(refusal.has_value(), each.text);
        BOOST_TEST(refusal->parameter == each.parameter, each.text);
        BOOST_TEST(!refusal->reason.empty(), each.text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
