#include "client/following/feed_answer.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(feed_answer)

using State = FeedChange::State;

namespace {

const std::string hash(64, 'a');

/// An answer with one member exchanged, or another one before it.
std::string with(const std::string& original, const std::string& replacement) {
    std::string text =
        R"({"instance":"demo","cursor":"0000000000000007.12","reset":true,"same":false,)"
        R"("more":false,"changes":[{"path":"a","version":"0000000000000007.11","size":6,)"
        R"("mtime":"2026-11-30T10:15:47.803943523Z","mode":"0644","sha256":null}]})";
    const auto at = text.find(original);
    BOOST_REQUIRE(at != text.npos);
    return text.replace(at, original.size(), replacement);
}

std::string with(const std::string& changes) {
    return R"({"instance":"demo","cursor":"0000000000000007.12.4-9","reset":false,"same":false,)"
           R"("more":true,"changes":[)" +
           changes + "]}\n";
}

FeedChange only_change(const std::string& text) {
    const auto answer = parse_feed_answer(text, FeedJson::keep);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_REQUIRE(answer->changes.size() == 1U);
    return answer->changes.front();
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_is_read_whole) {
    const auto answer = parse_feed_answer(with("", ""));

    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->instance == "demo");
    BOOST_TEST(answer->cursor == "0000000000000007.12");
    BOOST_TEST((version_of_cursor(answer->cursor) == Version{7, 12}));
    BOOST_TEST(answer->reset);
    BOOST_TEST(!answer->same);
    BOOST_TEST(!answer->more);
    BOOST_REQUIRE(answer->changes.size() == 1U);
    const auto& file = answer->changes.front();
    BOOST_TEST(file.path == "a");
    BOOST_TEST((file.version == Version{7, 11}));
    BOOST_TEST((file.state == State::present));
    BOOST_TEST(file.size == 6U);
    BOOST_TEST((file.mtime == FileTime{1'796'033'747, 803'943'523}));
    BOOST_TEST(file.mode == 0644U);
    BOOST_TEST(!file.sha256.has_value());
    BOOST_TEST(file.reason == "");
    BOOST_TEST(file.json == "");
}

BOOST_AUTO_TEST_CASE(a_file_is_kept_as_json_for_those_who_ask_for_it) {
    BOOST_TEST(
        only_change(with("", "")).json ==
        R"({"path":"a","version":"0000000000000007.11","size":6,)"
        R"("mtime":"2026-11-30T10:15:47.803943523Z","mode":"0644","sha256":null})"
    );
}

BOOST_AUTO_TEST_CASE(every_state_of_a_file_is_read) {
    const auto gone =
        only_change(with(R"({"path":"a","version":"0000000000000007.11","deleted":true})"));
    BOOST_TEST((gone.state == State::deleted));

    const auto unavailable = only_change(
        with(R"({"path":"a\nb","version":"0000000000000007.11","unavailable":"private"})")
    );
    BOOST_TEST((unavailable.state == State::unavailable));
    BOOST_TEST(unavailable.path == "a\nb");
    BOOST_TEST(unavailable.reason == "private");

    const auto stale = only_change(
        with(R"("sha256":null)", R"("stale":"unreadable","new":[1],"sha256":")" + hash + '"')
    );
    BOOST_TEST((stale.state == State::present));
    BOOST_TEST(stale.reason == "unreadable");
    BOOST_TEST(to_hex(stale.sha256.value()) == hash);
    BOOST_TEST(stale.json.find(R"("new":[1])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cursors_of_pages_have_a_version) {
    const auto answer = parse_feed_answer(with(""));

    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->cursor == "0000000000000007.12.4-9");
    BOOST_TEST((version_of_cursor(answer->cursor) == Version{7, 12}));
    BOOST_TEST(answer->more);
}

BOOST_AUTO_TEST_CASE(times_are_those_of_rfc_3339) {
    struct Row {
        const char* text;
        std::int64_t seconds;
        std::uint32_t nanoseconds;
    };
    const std::array rows{
        Row{"1970-01-01T00:00:00.000000000Z", 0, 0},
        Row{"1969-12-31T23:59:59.000000001Z", -1, 1},
        Row{"0000-01-01T00:00:00.000000000Z", year_0_s, 0},
        Row{"9999-12-31T23:59:59.999999999Z", year_10000_s - 1, 999'999'999},
        Row{"2024-02-29T12:00:00.000000000Z", 1'709'208'000, 0},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.text) {
            const auto file = only_change(with("2026-11-30T10:15:47.803943523Z", row.text));
            BOOST_TEST((file.mtime == FileTime{row.seconds, row.nanoseconds}));
        }
    BOOST_TEST(!only_change(with(R"("2026-11-30T10:15:47.803943523Z")", "null")).mtime.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_refused_with_a_reason) {
    struct Row {
        const char* original;
        std::string replacement;
        const char* reason;
    };
    const std::array rows{
        Row{"{", "", "is no JSON"},
        Row{R"("demo")", "\"\xFF\"", "is no JSON"},
        Row{R"("instance":"demo",)", "", "'instance'"},
        Row{R"("demo")", "1", "'instance'"},
        Row{"000007.12", "00000G.12", "'cursor'"},
        Row{"000007.12", "000007.12&a=b", "'cursor'"},
        Row{"000007.12", "000007.12." + std::string(300, '1'), "'cursor'"},
        Row{"000007.12", "000007", "'cursor'"},
        Row{R"("0000000000000007.12")", R"("")", "'cursor'"},
        Row{R"("reset":true)", R"("reset":1)", "'reset'"},
        Row{R"("same":false,)", "", "'same'"},
        Row{R"("same":false)", R"("same":true)", "'same'"},
        Row{R"("more":false)", R"("more":null)", "'more'"},
        Row{R"("changes":[)", R"("changes":[7,)", "no object"},
        Row{R"("changes")", R"("other")", "'changes'"},
        Row{R"("changes":[)", R"("changes":{},"other":[)", "'changes'"},
        Row{R"("path":"a")", R"("path":"../a")", "'../a'"},
        Row{R"("path":"a")", R"("path":"/a")", "'/a'"},
        Row{R"("path":"a")", R"("path":"a/\n/..")", "'a/\\x0a/..'"},
        Row{R"("path":"a")", R"("path":"a\u0000b")", "no path"},
        Row{R"("path":"a")", R"("path":"")", "no path"},
        Row{R"("path":"a")", R"("path":7)", "'path'"},
        Row{R"("path":"a",)", "", "'path'"},
        Row{"7.11", "7.011", "'version'"},
        Row{R"("size":6)", R"("size":-6)", "'size'"},
        Row{R"("size":6)", R"("size":6.5)", "'size'"},
        Row{R"("size":6)", R"("size":"6")", "'size'"},
        Row{R"("size":6,)", "", "'size'"},
        Row{"2026-11-30T", "2026-11-31T", "'mtime'"},
        Row{"T10:15", "T24:15", "'mtime'"},
        Row{"T10:15", "T10:60", "'mtime'"},
        Row{":47.", ":60.", "'mtime'"},
        Row{"803943523Z", "80394352Z", "'mtime'"},
        Row{"803943523Z", "803943523+", "'mtime'"},
        Row{"803943523Z", "80394352 Z", "'mtime'"},
        Row{R"("0644")", R"("644")", "'mode'"},
        Row{R"("0644")", R"("0648")", "'mode'"},
        Row{R"("0644")", R"("-644")", "'mode'"},
        Row{R"("sha256":null)", R"("sha256":"ab")", "'sha256'"},
        Row{R"("sha256":null)", R"("sha256":null,"stale":"")", "'stale'"},
        Row{R"("sha256":null)", R"("sha256":null,"deleted":false)", "'deleted'"},
        Row{R"("sha256":null)", R"("sha256":null,"unavailable":true)", "'unavailable'"},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(row.original << " -> " << row.replacement) {
            const auto answer = parse_feed_answer(with(row.original, row.replacement));
            BOOST_REQUIRE(!answer.has_value());
            BOOST_TEST(answer.error().reason.find(row.reason) != std::string::npos);
            BOOST_TEST(answer.error().reason.find('\n') == std::string::npos);
        }
}

BOOST_AUTO_TEST_CASE(what_is_no_object_or_is_nested_too_deeply_is_refused) {
    for (const auto& text :
         {std::string(), std::string("[]"), std::string("7"), std::string(100'000, '[')})
        BOOST_TEST(!parse_feed_answer(text).has_value());
}

BOOST_AUTO_TEST_CASE(same_stands_alone) {
    const std::string text =
        R"({"instance":"demo","cursor":"0000000000000007.12","reset":true,"same":true,)"
        R"("more":false,"changes":[]})";
    const auto answer = parse_feed_answer(text);

    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->same);
}

BOOST_AUTO_TEST_SUITE_END()
