#include "proxy/feed/change_text.hpp"

#include "base/file_time.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>
#include <vector>

using namespace treecast;
using namespace treecast::proxy;
using ipc::FileState;
using ipc::UnavailableReason;

BOOST_AUTO_TEST_SUITE(change_text)

namespace {

/// 2001-09-09T01:46:40.123456789Z
constexpr std::int64_t some_time = 1'000'000'000'123'456'789;

ListedFile present(std::string path) {
    ListedFile listed;
    listed.path = std::move(path);
    listed.record.state = FileState::present;
    listed.record.change_revision = 9;
    listed.record.content_revision = 7;
    listed.record.size = 12;
    listed.record.mtime_ns = some_time;
    listed.record.mode = 0100644;
    return listed;
}

ListedFile in_state(FileState state, UnavailableReason reason = UnavailableReason::none) {
    ListedFile listed = present("f");
    listed.record.state = state;
    listed.record.reason = reason;
    return listed;
}

std::string text_of(const ListedFile& listed) {
    return changes_as_json({&listed, 1}, 255);
}

std::string present_text(const std::string& path, const std::string& mtime) {
    return R"({"path":")" + path + R"(","version":"00000000000000ff.7","size":12,"mtime":)" +
           mtime + R"(,"mode":"0644","sha256":null})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_change_says_what_is_there) {
    const std::string begin = R"({"path":"f","version":"00000000000000ff.7",)";
    const std::string stat = R"("size":12,"mtime":"2001-09-09T01:46:40.123456789Z","mode":"0644",)";
    ListedFile hashed = present("f");
    hashed.record.hash_known = true;
    hashed.record.sha256.fill(0x0a);
    std::string digits;
    for (int i = 0; i < 32; ++i)
        digits += "0a";
    ListedFile unusual = present("f");
    unusual.record.mode = 0104755;
    unusual.record.size = std::numeric_limits<std::uint64_t>::max();
    struct {
        ListedFile listed;
        std::string text;
    } const cases[] = {
        {present("f"), begin + stat + R"("sha256":null})"},
        {hashed, begin + stat + R"("sha256":")" + digits + R"("})"},
        {unusual,
         begin + R"("size":18446744073709551615,"mtime":"2001-09-09T01:46:40.123456789Z",)" +
             R"("mode":"4755","sha256":null})"},
        {in_state(FileState::present, UnavailableReason::no_memory),
         begin + stat + R"("stale":"no_memory","sha256":null})"},
        {in_state(FileState::unavailable, UnavailableReason::private_file),
         begin + R"("unavailable":"private"})"},
        {in_state(FileState::unavailable, UnavailableReason::hung),
         begin + R"("unavailable":"hung"})"},
        {in_state(FileState::deleted), begin + R"("deleted":true})"},
        {in_state(FileState::directory), begin + R"("deleted":true})"},
        {in_state(FileState::none), begin + R"("deleted":true})"},
    };
    for (const auto& each : cases)
        BOOST_TEST(text_of(each.listed) == each.text);
}

BOOST_AUTO_TEST_CASE(changes_stand_on_lines_of_their_own) {
    const std::vector<ListedFile> files{present("a"), in_state(FileState::deleted), present("b")};
    const std::string time = R"("2001-09-09T01:46:40.123456789Z")";
    BOOST_TEST(
        changes_as_json(files, 255) ==
        present_text("a", time) + ",\n" + text_of(files[1]) + ",\n" + present_text("b", time)
    );
    BOOST_TEST(changes_as_json({}, 255).empty());
}

BOOST_AUTO_TEST_CASE(paths_are_escaped_as_json_demands) {
    struct {
        std::string path;
        std::string text;
    } const cases[] = {
        {"a/b c", "a/b c"},
        {R"(a"b\c)", R"(a\"b\\c)"},
        {"\b\f\n\r\t", R"(\b\f\n\r\t)"},
        {"\x01\x1f", R"(\u0001\u001f)"},
        {"\x7f%&'<", "\x7f%&'<"},
        {"\xc3\xa9/\xf0\x9f\x98\x80", "\xc3\xa9/\xf0\x9f\x98\x80"},
        {"{}{0}", "{}{0}"},
    };
    for (const auto& each : cases) {
        const std::string text = text_of(present(each.path));
        BOOST_TEST(text == present_text(each.text, R"("2001-09-09T01:46:40.123456789Z")"));
        const auto parsed = boost::json::parse(text);
        BOOST_TEST((parsed.at("path").as_string() == boost::json::string_view(each.path)));
    }
}

BOOST_AUTO_TEST_CASE(long_paths_are_escaped_to_their_end) {
    for (std::size_t length = 490; length < 530; ++length)
        for (const char c : {'a', '"', '\x01'}) {
            const std::string path = std::string(length, c) + '"' + std::string(3000, c);
            const auto parsed = boost::json::parse(text_of(present(path)));
            BOOST_TEST((parsed.at("path").as_string() == boost::json::string_view(path)));
        }
}

BOOST_AUTO_TEST_CASE(a_time_is_written_for_the_years_0_to_9999) {
    struct {
        FileTime time;
        const char* text;
    } const cases[] = {
        {{0, 0}, R"("1970-01-01T00:00:00.000000000Z")"},
        {{-1, 999'999'999}, R"("1969-12-31T23:59:59.999999999Z")"},
        {{951'782'400, 1}, R"("2000-02-29T00:00:00.000000001Z")"},
        {{4'107'542'399, 0}, R"("2100-02-28T23:59:59.000000000Z")"},
        {{-11'644'473'600, 100}, R"("1601-01-01T00:00:00.000000100Z")"},
        {{year_0_s, 0}, R"("0000-01-01T00:00:00.000000000Z")"},
        {{year_10000_s - 1, 999'999'900}, R"("9999-12-31T23:59:59.999999900Z")"},
        {{year_0_s - 1, 0}, "null"},
        {{year_10000_s, 0}, "null"},
    };
    for (const auto& each : cases) {
        ListedFile listed = present("f");
        listed.record.mtime_ns = pack_file_time(each.time);
        BOOST_TEST(text_of(listed) == present_text("f", each.text));
    }
}

BOOST_AUTO_TEST_SUITE_END()
