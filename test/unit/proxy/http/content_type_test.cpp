#include "proxy/http/content_type.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(content_type)

BOOST_AUTO_TEST_CASE(types_go_by_the_last_ending_of_the_name_in_any_case) {
    struct {
        const char* path;
        const char* type;
    } const cases[] = {
        {"a.txt", "text/plain; charset=utf-8"},
        {"dir.json/a.CONF", "text/plain; charset=utf-8"},
        {"a.tar.gz", "application/gzip"},
        {"a.json", "application/json"},
        {"a.html", "text/html; charset=utf-8"},
        {"a", "application/octet-stream"},
        {"dir.txt/a", "application/octet-stream"},
        {"a.", "application/octet-stream"},
        {"a.unknown", "application/octet-stream"},
    };
    const ContentTypes types;
    for (const auto& each : cases)
        BOOST_TEST(types.of(each.path) == each.type, each.path);
}

BOOST_AUTO_TEST_CASE(the_last_rule_that_matches_goes_before_the_ending) {
    struct {
        std::vector<std::string_view> rules;
        std::string_view path;
        std::string_view type;
    } const cases[] = {
        {{"*.json=a/b"}, "x.json", "a/b"},
        {{"*.json=a/b"}, "x.JSON", "application/json"},
        {{"*.json=a/b"}, "d/x.json", "application/json"},
        {{"**/*.json=a/b"}, "d/x.json", "a/b"},
        {{"**=a/b", "d/**=c/d"}, "d/x.json", "c/d"},
        {{"d/**=c/d", "**=a/b"}, "d/x.json", "a/b"},
        {{"**=a/b", "e/**=c/d"}, "d/x", "a/b"},
        {{"x=a/b", "x=c/d"}, "x", "c/d"},
        {{"x=text/plain; charset=utf-8"}, "x", "text/plain; charset=utf-8"},
        {{"x=a/b;c=d;e=f"}, "x", "a/b;c=d;e=f"},
        // The first `=` with a media type behind it counts.
        {{"x=y=a/b"}, "x=y", "a/b"},
        {{"x=y=a/b"}, "x", "application/octet-stream"},
        {{"x=y/z=a/b;c=d"}, "x=y/z", "a/b;c=d"},
        {{"x==a/b"}, "x=", "a/b"},
        {{"x=a/b;c=\"=d/e\""}, "x", "a/b;c=\"=d/e\""},
        {{"x[=]a/b=c/d"}, "x=a/b", "c/d"},
    };
    for (const auto& each : cases) {
        ContentTypes types;
        for (const std::string_view rule : each.rules)
            BOOST_TEST(!types.add_rule(rule), rule);
        BOOST_TEST(types.of(each.path) == each.type, each.rules.front() << " and " << each.path);
    }
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_none_is_refused_with_the_reason_and_changes_nothing) {
    struct {
        std::string_view rule;
        std::string_view reason;
    } const cases[] = {
        {"", "not GLOB=TYPE with a media type"},
        {"**", "not GLOB=TYPE with a media type"},
        {"**=", "not GLOB=TYPE with a media type"},
        {"**=text", "not GLOB=TYPE with a media type"},
        {"** = text/plain", "not GLOB=TYPE with a media type"},
        {"**=text/plain\r\nX: y", "not GLOB=TYPE with a media type"},
        {"text/plain", "not GLOB=TYPE with a media type"},
        {"=a/b", "not GLOB=TYPE: the glob is empty"},
        {"/**=a/b", "not GLOB=TYPE: the glob has an empty component"},
        {"d**=a/b", "not GLOB=TYPE: the glob has '**' that is not a whole component"},
        {"[=a/b", "not GLOB=TYPE: the glob has a '['"},
    };
    for (const auto& each : cases) {
        ContentTypes types;
        const auto reason = types.add_rule(each.rule);
        BOOST_TEST_REQUIRE(reason.has_value(), each.rule);
        BOOST_TEST(reason->starts_with(each.reason), *reason);
        BOOST_TEST(types.of("d/x.json") == "application/json", each.rule);
    }
}

BOOST_AUTO_TEST_SUITE_END()
