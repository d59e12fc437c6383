// The body of a POST. feed_query_test.cpp has the query of a URL.
#include "proxy/feed/feed_query.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(feed_body)

namespace {

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(its_lists_are_added_to_those_of_the_query) {
    FeedQuery query;
    BOOST_TEST_REQUIRE(!parse_feed_query("path=q&limit=3", query));

    BOOST_TEST(!parse_feed_body(
        R"( {"globs": ["*.txt"], "paths": ["a/b", "q", "\u00e9", "\ud83d\ude00"],
             "prefixes": ["", "c/", "c/"]} )",
        query
    ));

    BOOST_TEST(
        query.interest.paths == (Texts{"q", "a/b", "q", "\xc3\xa9", "\xf0\x9f\x98\x80"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(query.interest.prefixes == (Texts{"", "c/", "c/"}));
    BOOST_TEST_REQUIRE(query.interest.globs.size() == 1u);
    BOOST_TEST(query.interest.globs[0].text() == "*.txt");
    BOOST_TEST(query.limit == 3u);
    BOOST_TEST(!query.after);
}

BOOST_AUTO_TEST_CASE(lists_may_be_empty_or_missing) {
    for (const char* const body :
         {"{}", " \r\n\t{ } ", R"({"paths":[]})", R"({"globs":[],"paths":[],"prefixes":[]})"}) {
        FeedQuery query;
        BOOST_TEST(!parse_feed_body(body, query), body);
        BOOST_TEST(query.interest.paths.empty());
        BOOST_TEST(query.interest.prefixes.empty());
        BOOST_TEST(query.interest.globs.empty());
    }
}

BOOST_AUTO_TEST_CASE(there_may_be_4000_names_of_a_kind) {
    for (const std::string member : {"paths", "prefixes", "globs"}) {
        std::string body = "{\"" + member + "\":[\"p/0\"";
        for (int i = 1; i < 4000; ++i)
            body += ",\"p/" + std::to_string(i) + '"';
        FeedQuery query;
        FeedQuery refused;

        BOOST_TEST(!parse_feed_body(body + "]}", query));
        const auto refusal = parse_feed_body(body + ",\"q\"]}", refused);

        const InterestLists& lists = query.interest;
        BOOST_TEST(lists.paths.size() + lists.prefixes.size() + lists.globs.size() == 4000u);
        BOOST_TEST_REQUIRE(refusal.has_value());
        BOOST_TEST(refusal->parameter == member);
    }
}

BOOST_AUTO_TEST_CASE(every_refusal_names_the_member_or_is_of_the_whole) {
    struct {
        std::string body;
        const char* member;
    } const cases[] = {
        {"", ""},
        {" ", ""},
        {"paths=a", ""},
        {"{", ""},
        {R"({"paths":["a"])", ""},
        {R"({"paths":["a"]}x)", ""},
        {R"({"paths":["a"]}{})", ""},
        {R"({"paths":["a",]})", ""},
        {R"({"paths":['a']})", ""},
        {R"({paths:["a"]})", ""},
        {R"({"paths":["\x"]})", ""},
        {R"({"paths":["\ud83d"]})", ""},
        {"{\"paths\":[\"\xff\"]}", ""},
        {"{\"paths\":[\"a\nb\"]}", ""},
        {"{\"paths\":[\"\xc3\"]}", ""},
        {std::string("{}\0", 3), ""},
        {"\xef\xbb\xbf{}", ""},
        {"// nothing\n{}", ""},
        {"null", ""},
        {"[]", ""},
        {R"(["a"])", ""},
        {R"("paths")", ""},
        {"1", ""},
        {std::string(1000, '['), ""},
        {R"({"paths":[[[["a"]]]]})", ""},
        {R"({"a":{"a":{"a":{"a":{"a":1}}}}})", ""},
        {R"({"paths":"a"})", "paths"},
        {R"({"paths":null})", "paths"},
        {R"({"paths":{"a":"b"}})", "paths"},
        {R"({"paths":["a",1]})", "paths"},
        {R"({"paths":["a",null]})", "paths"},
        {R"({"paths":[["a"]]})", "paths"},
        {R"({"paths":[""]})", "paths"},
        {R"({"paths":["/a"]})", "paths"},
        {R"({"paths":["a\/"]})", "paths"},
        {R"({"paths":["a\u0000"]})", "paths"},
        {R"({"prefixes":["/"]})", "prefixes"},
        {R"({"prefixes":["\u0000"]})", "prefixes"},
        {R"({"prefixes":["a",false]})", "prefixes"},
        {R"({"globs":["["]})", "globs"},
        {R"({"globs":[""]})", "globs"},
        {R"({"globs":["*",{}]})", "globs"},
        {R"({"path":["a"]})", "path"},
        {R"({"paths":["a"],"globs":["b"],"paths":["c"]})", "paths"},
        {R"({"paths":[],"p\u0061ths":["a"]})", "paths"},
        {R"({"paths":["a"],"Globs":[]})", "Globs"},
        {R"({"limit":1})", "limit"},
        {R"({"after":"00000000000000ff.12"})", "after"},
    };
    for (const auto& each : cases) {
        FeedQuery query;
        const auto refusal = parse_feed_body(each.body, query);
        BOOST_TEST_REQUIRE(refusal.has_value(), each.body);
        BOOST_TEST(refusal->parameter == each.member, each.body);
        BOOST_TEST(!refusal->reason.empty(), each.body);
    }
}

BOOST_AUTO_TEST_SUITE_END()
