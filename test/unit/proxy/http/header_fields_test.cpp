// The fields that a request for a file may carry: Prefer, tags, dates, ranges.
#include "base/file_time.hpp"
#include "ipc/file_date.hpp"
#include "proxy/files/file_request.hpp"
#include "proxy/files/last_modified.hpp"
#include "proxy/http/byte_range.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/header_list.hpp"
#include "proxy/http/http_date.hpp"
#include "proxy/http/preference.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(header_fields)

namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(dates_are_written_in_one_form_and_read_in_three) {
    BOOST_TEST(format_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(format_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(format_http_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    BOOST_TEST(
        format_http_date(std::numeric_limits<std::int64_t>::max()) ==
        "Fri, 31 Dec 9999 23:59:59 GMT"
    );
    BOOST_TEST(format_http_date(std::numeric_limits<std::int64_t>::min()).size() == 29u);
    for (const char* const text :
         {"Sun, 06 Nov 1994 08:49:37 GMT",
          "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994"})
        BOOST_TEST((parse_http_date(text) == 784111777), text);
    for (const char* const text :
         {"",
          "yesterday",
          "Sun, 06 Nov 1994 08:49:37",
          "Sun, 06 Nov 1994 08:49:37 GMT+1",
          "784111777"})
        BOOST_TEST(!parse_http_date(text), text);
}

BOOST_AUTO_TEST_CASE(last_modified_is_a_date_that_http_has_and_that_is_over) {
    constexpr std::int64_t now = 1'700'000'000;
    struct {
        FileTime mtime;
        std::optional<std::int64_t> date;
    } const cases[] = {
        {{784111777, 999'999'999}, 784111777},
        {{0, 0}, 0},
        {{-1, 999'999'999}, -1},
        {{now, 999'999'999}, now},
        {{now + 1, 0}, std::nullopt},
        {{15'032'385'535, 0}, std::nullopt},  // 2446, the end of ext4
        {{year_10000_s, 0}, std::nullopt},
        {{-2'208'988'800, 0}, -2'208'988'800},  // 1900
        {{-2'208'988'801, 0}, std::nullopt},
        {{-11'644'473'600, 0}, std::nullopt},  // 1601, the beginning of NTFS
    };
    for (const auto& each : cases) {
        ipc::Record record;
        record.mtime_ns = pack_file_time(each.mtime);
        BOOST_TEST((last_modified(record, now) == each.date), each.mtime.seconds);
        BOOST_TEST(date_stands_for(record, each.mtime.seconds, now) == each.date.has_value());
    }
}

BOOST_AUTO_TEST_CASE(content_is_unmodified_since_its_date_and_those_that_no_other_version_had) {
    constexpr std::int64_t mtime = 1'600'000'000;
    struct {
        std::int64_t date;
        std::int64_t newest_other;  // 0: none
        bool holds;
    } const cases[] = {
        {mtime - 1, 0, false},
        {mtime, 0, true},
        {mtime + 1, 0, true},
        {mtime, mtime - 1, true},
        {mtime, mtime, false},      // it may be that of the other one
        {mtime, mtime + 9, false},  // the mtime was restored
        {mtime + 9, mtime + 9, false},
        {mtime + 10, mtime + 9, true},
        {mtime - 1, mtime - 9, false},
    };
    for (const auto& each : cases) {
        ipc::Record record;
        record.mtime_ns = pack_file_time({mtime, 5});
        record.date_floor = each.newest_other == 0 ? 0 : ipc::date_mark(each.newest_other);
        BOOST_TEST(is_unmodified_since(record, each.date) == each.holds, each.date);
    }
    // Later than what a mark can say: it may have been any date.
    ipc::Record record;
    record.date_floor = ipc::date_mark(year_10000_s);
    BOOST_TEST(!is_unmodified_since(record, year_10000_s));
}

BOOST_AUTO_TEST_CASE(one_range_is_a_part_and_nonsense_or_several_are_the_whole) {
    using Kind = ByteRange::Kind;
    const ByteRange none{Kind::unsatisfiable, 0, 0};
    const auto part = [](std::uint64_t begin, std::uint64_t end) {
        return ByteRange{Kind::part, begin, end};
    };
    const auto whole = [](std::uint64_t size) {
        return ByteRange{Kind::whole, 0, size};
    };
    struct {
        const char* field = nullptr;
        std::uint64_t size = 0;
        ByteRange expected;
    } const cases[] = {
        {"bytes=0-0", 10, part(0, 1)},
        {"bytes=2-5", 10, part(2, 6)},
        {"BYTES = 2-5", 10, part(2, 6)},
        {"bytes=2-", 10, part(2, 10)},
        {"bytes=2-99", 10, part(2, 10)},
        {"bytes=0-99999999999999999999999", 10, part(0, 10)},
        {"bytes=-3", 10, part(7, 10)},
        {"bytes=-99", 10, part(0, 10)},
        {"bytes=9-", 10, part(9, 10)},
        {"bytes=10-", 10, none},
        {"bytes=99999999999999999999999-", 10, none},
        {"bytes=-0", 10, none},
        {"bytes=0-", 0, none},
        {"bytes=-5", 0, whole(0)},  // RFC 9110, 14.1.2: satisfiable, and all of the file
        {"bytes=-0", 0, none},
        {"bytes=-99999999999999999999999", 10, part(0, 10)},
        {"bytes=,, 2-5 ,", 10, part(2, 6)},
        {"bytes= 2-5\t", 10, part(2, 6)},
        {"bytes=2 - 5", 10, whole(10)},
        {"bytes=10-11,12-", 10, none},
        {"bytes=-0, 10-", 10, none},
        {"bytes=10-,0-1", 10, whole(10)},
        {"bytes=0-1,10-", 10, whole(10)},
        {"bytes=0-1,x", 10, whole(10)},
        {"bytes=10-,5-2", 10, whole(10)},
        {"bytes=--5", 10, whole(10)},
        {"bytes=0x0-1", 10, whole(10)},
        {"bytes=,", 10, whole(10)},
        {"byte=0-1", 10, whole(10)},
        {"none", 10, whole(10)},
        {"", 10, whole(10)},
        {"bytes=5-2", 10, whole(10)},
        {"bytes=0-1,3-4", 10, whole(10)},
        {"bytes=", 10, whole(10)},
        {"bytes=-", 10, whole(10)},
        {"bytes=a-b", 10, whole(10)},
        {"bytes=1", 10, whole(10)},
        {"bytes=+1-2", 10, whole(10)},
        {"lines=0-1", 10, whole(10)},
        {"0-1", 10, whole(10)},
    };
    for (const auto& each : cases)
        BOOST_TEST((select_range(each.field, each.size) == each.expected), each.field);
}

BOOST_AUTO_TEST_CASE(if_range_takes_a_strong_tag_or_the_exact_date) {
    ipc::Record record;
    record.sha256 = sha256_of("content");
    record.mtime_ns = 784111777'500'000'000;
    const std::string tag = entity_tag(record.sha256);
    constexpr std::int64_t now = 1'700'000'000;

    BOOST_TEST(if_range_holds(std::nullopt, record, now));
    BOOST_TEST(!if_range_holds("", record, now));  // given, and no validator
    BOOST_TEST(if_range_holds(tag, record, now));
    BOOST_TEST(!if_range_holds(upper(tag), record, now));
    BOOST_TEST(!if_range_holds("W/" + tag, record, now));
    BOOST_TEST(!if_range_holds("\"other\"", record, now));
    BOOST_TEST(if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", record, now));
    BOOST_TEST(!if_range_holds("Sun, 06 Nov 1994 08:49:38 GMT", record, now));
    record.date_floor = ipc::date_mark(784111777);
    BOOST_TEST(!if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", record, now));
}

/// A list without a tag is a condition all the same: nothing matches it.
BOOST_AUTO_TEST_CASE(a_condition_that_is_given_and_empty_is_given) {
    constexpr const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
    struct {
        std::string fields;
        bool if_match;
        bool unmodified_since;
        bool if_none_match;
        bool modified_since;
    } const cases[] = {
        {"", false, false, false, false},
        {"If-Match: \r\n", true, false, false, false},
        {"If-Match:\r\n", true, false, false, false},
        {"If-Match: ,\r\n", true, false, false, false},
        {"If-Match:\r\nIf-Match:\r\n", true, false, false, false},
        {"If-Match:\r\nIf-Unmodified-Since: " + std::string(date) + "\r\n",
         true,
         false,
         false,
         false},
        {"If-Unmodified-Since: " + std::string(date) + "\r\n", false, true, false, false},
        {"If-Unmodified-Since:\r\n", false, false, false, false},
        {"If-None-Match:\r\nIf-Modified-Since: " + std::string(date) + "\r\n",
         false,
         false,
         true,
         false},
        {"If-Modified-Since: " + std::string(date) + "\r\n", false, false, false, true},
        {"If-Modified-Since:\r\n", false, false, false, false},
    };
    const Sha256 hash = sha256_of("content");
    for (const auto& each : cases) {
        const std::string head = "GET /a HTTP/1.1\r\nHost: h\r\n" + each.fields + "\r\n";
        Request request;
        BOOST_TEST_REQUIRE(decode_request(head, request) == 0u, head);
        const FileRequest file = make_file_request(request, {}, 0ms);
        const PollQuestion question = file.question(false, false, 0);
        BOOST_TEST((question.if_match != nullptr) == each.if_match, head);
        BOOST_TEST(question.unmodified_since.has_value() == each.unmodified_since, head);
        BOOST_TEST((question.tags != nullptr) == each.if_none_match, head);
        BOOST_TEST(question.modified_since.has_value() == each.modified_since, head);
        for (const TagList* const tags : {question.if_match, question.tags})
            BOOST_TEST((tags == nullptr || !tags->matches(hash)), head);
    }
}

BOOST_AUTO_TEST_CASE(a_tag_beside_an_empty_line_of_the_list_counts) {
    const Sha256 hash = sha256_of("content");
    const std::string tag = entity_tag(hash);
    for (const std::string& lines :
         {"If-Match:\r\nIf-Match: " + tag + "\r\n", "If-Match: " + tag + "\r\nIf-Match:\r\n"}) {
        const std::string head = "GET /a HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
        Request request;
        BOOST_TEST_REQUIRE(decode_request(head, request) == 0u, head);
        const FileRequest file = make_file_request(request, {}, 0ms);
        BOOST_TEST_REQUIRE((file.rare && file.rare->if_match), head);
        BOOST_TEST(file.rare->if_match->matches(hash), head);
    }
}

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
    for (const auto& each : cases)
        BOOST_TEST(content_type(each.path) == each.type, each.path);
}

BOOST_AUTO_TEST_SUITE_END()
