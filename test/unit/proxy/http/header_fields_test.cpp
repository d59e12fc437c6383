// The fields that a request for a file may carry (lists, Prefer, tags).
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/header_list.hpp"
#include "proxy/http/preference.hpp"
#include "test/unit/proxy/http/upper_case.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(header_fields)

using test::upper;

BOOST_AUTO_TEST_CASE(lists_are_cut_at_commas_outside_quotes) {
    struct {
        std::string list;
        std::vector<std::string> elements;
    } const cases[] = {
        {"a", {"a"}},
        {" a ,\tb", {"a", "b"}},
        {"a,,b", {"a", "", "b"}},
        {R"("a,b",c)", {R"("a,b")", "c"}},
        {R"("a\",b",c)", {R"("a\",b")", "c"}},
        {R"("open, never closed)", {R"("open, never closed)"}},
        {R"("ends in \)", {R"("ends in \)"}},
    };
    for (const auto& each : cases) {
        std::string_view rest = each.list;
        std::vector<std::string> elements;
        while (!rest.empty())
            elements.emplace_back(take_element(rest, ','));
        BOOST_TEST(elements == each.elements, each.list);
    }
}

BOOST_AUTO_TEST_CASE(prefer_yields_the_first_wait) {
    struct {
        const char* field;
        int seconds;  // -1: none
    } const cases[] = {
        {"wait=30", 30},
        {"Wait=30", 30},
        {"respond-async, WAIT = 10", 10},
        {"wait=\"20\"", 20},
        {"wait=5; foo=\"a,b\", wait=7", 5},
        {"modes=snapshot,delta;wait=60", 60},  // OPA
        {"handling=lenient; wait=3, wait=4", 3},
        {"a;b=1;\tWAIT = \"6\\0\" ;c", 60},
        {"a=\"x;wait=1\";wait=2", 2},
        {"a=\"x\\\";wait=1\", b; wait=3", 3},
        {"wait=7;wait=8", 7},
        {"a; wait", -1},
        {"a; awaits=5; wait2=6", -1},
        {"a; wait=5x, wait=6", -1},
        {";;;, ;wait=4;", 4},
        {"foo=\"wait=1, wait=2\"", -1},
        {"foo=\"open; wait=1, wait=2", -1},
        {"wait", -1},
        {"wait=", -1},
        {"wait=soon, wait=5", -1},
        {"wait=-5", -1},
        {"", -1},
        {",,,", -1},
        {"return=minimal", -1},
    };
    for (const auto& each : cases) {
        const auto wait = preferred_wait(each.field);
        BOOST_TEST(wait.has_value() == (each.seconds >= 0), each.field);
        if (wait)
            BOOST_TEST((*wait == std::chrono::seconds(each.seconds)), each.field);
    }
    BOOST_TEST((preferred_wait("wait=99999999999999999999") == std::chrono::milliseconds::max()));
}

BOOST_AUTO_TEST_CASE(a_wait_in_the_query_goes_before_a_preferred_one_and_both_are_limited) {
    using namespace std::chrono_literals;
    const struct {
        std::optional<std::chrono::milliseconds> in_query;
        std::string_view prefer;
        std::chrono::milliseconds time;
        bool is_preferred;
    } rows[] = {
        {{}, "", 0ms, false},
        {{}, "respond-async", 0ms, false},
        {{}, "wait=2", 2s, true},
        {{}, "wait=99999999999999999999", 10s, true},
        {3s, "wait=2", 3s, false},
        {0s, "wait=2", 0s, false},
        {11s, "", 10s, false},
    };
    for (const auto& row : rows) {
        const RequestedWait wait = requested_wait(row.in_query, row.prefer, 10s);
        BOOST_TEST((wait.time == row.time), row.prefer);
        BOOST_TEST(wait.is_preferred == row.is_preferred, row.prefer);
    }
}

BOOST_AUTO_TEST_CASE(if_none_match_matches_any_coding_of_our_tag_weakly) {
    const Sha256 hash = sha256_of("content");
    const std::string tag = entity_tag(hash);
    const std::string open = tag.substr(0, tag.size() - 1);
    struct {
        std::string field;
        bool matches;
    } const cases[] = {
        {tag, true},
        {"W/" + tag, true},
        {"\"other\", " + tag, true},
        {"\"a,b\"," + tag, true},
        {open + "-gzip\"", true},
        {"W/" + open + "-zstd\"", true},
        {"*", true},
        {" * ", true},
        {R"("a\", )" + tag, true},  // a backslash is a character like any other
        {upper(tag), false},
        {"w/" + tag, false},
        {"W/ " + tag, false},
        {open + "-GZIP\"", false},
        {open + "-\"", false},
        {"\"\"", false},
        {"", false},
        {"*, " + tag, true},
        {"*, \"x\"", false},
        {open + "0\"", false},
        {open, false},
        {tag.substr(1), false},
        {entity_tag(sha256_of("other")), false},
        {"\"*\"", false},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            TagList::parse(each.field, Comparison::weak).matches(hash) == each.matches,
            each.field
        );
}

BOOST_AUTO_TEST_CASE(if_match_takes_the_very_tag_alone) {
    const Sha256 hash = sha256_of("content");
    const std::string tag = entity_tag(hash);
    const std::string open = tag.substr(0, tag.size() - 1);
    struct {
        std::string field;
        bool matches;
    } const cases[] = {
        {tag, true},
        {"\"other\", " + tag, true},
        {",, " + tag + " ,", true},
        {"*", true},
        {"W/" + tag, false},
        {open + "-gzip\"", false},
        {upper(tag), false},
        {"garbage", false},
        {"*, \"x\"", false},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            TagList::parse(each.field, Comparison::strong).matches(hash) == each.matches,
            each.field
        );
}

BOOST_AUTO_TEST_CASE(if_match_without_a_range_takes_the_tags_of_our_codings_too) {
    const Sha256 hash = sha256_of("content");
    const std::string open = entity_tag(hash).substr(0, 33);
    struct {
        std::string field;
        bool matches;
    } const cases[] = {
        {entity_tag(hash), true},
        {entity_tag(hash, Coding::gzip), true},
        {entity_tag(hash, Coding::zstd), true},
        {"W/" + entity_tag(hash, Coding::zstd), false},
        {open + "-br\"", false},
        {open + "-identity\"", false},
        {open + "-\"", false},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            TagList::parse(each.field, Comparison::strong_any_coding).matches(hash) == each.matches,
            each.field
        );
}

BOOST_AUTO_TEST_CASE(a_list_knows_the_codings_of_its_tags) {
    const Sha256 hash = sha256_of("content");
    const Sha256 other = sha256_of("other");
    const std::string plain = entity_tag(hash);
    const std::string gzip = entity_tag(hash, Coding::gzip);
    const std::string zstd = entity_tag(hash, Coding::zstd);
    std::string many;
    for (int i = 0; i < 16; ++i)
        many += entity_tag(other) + ", ";
    struct {
        std::string field;
        Coding preferred;
        Coding coding;
    } const cases[] = {
        {plain, Coding::zstd, Coding::identity},
        {zstd, Coding::zstd, Coding::zstd},
        {zstd, Coding::identity, Coding::zstd},
        {"W/" + gzip, Coding::zstd, Coding::gzip},
        {gzip + ", " + zstd, Coding::zstd, Coding::zstd},
        {gzip + ", " + plain, Coding::zstd, Coding::identity},
        {plain + ", " + gzip, Coding::gzip, Coding::gzip},
        {entity_tag(other, Coding::zstd) + ", " + gzip, Coding::zstd, Coding::gzip},
        {plain.substr(0, 33) + "-br\"", Coding::zstd, Coding::identity},
        {entity_tag(other, Coding::zstd), Coding::zstd, Coding::identity},
        {"*", Coding::zstd, Coding::identity},
        {"", Coding::zstd, Coding::identity},
        {many.substr(0, 15 * 36) + zstd, Coding::zstd, Coding::zstd},
        {many + zstd, Coding::zstd, Coding::identity},  // there is no room for its coding
    };
    for (const auto& each : cases) {
        const TagList list = TagList::parse(each.field, Comparison::weak);
        BOOST_TEST((list.coding_of(hash, each.preferred) == each.coding), each.field);
    }
}

BOOST_AUTO_TEST_SUITE_END()
