#include "proxy/feed/feed_cursor.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(feed_cursor)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    constexpr auto max32 = std::numeric_limits<std::uint32_t>::max();
    constexpr auto max64 = std::numeric_limits<std::uint64_t>::max();
    struct {
        FeedCursor cursor;
        const char* text;
    } const cases[] = {
        {{{255, 12}, {}}, "00000000000000ff.12"},
        {{{0, 0}, {}}, "0000000000000000.0"},
        {{{max64, max64}, {}}, "ffffffffffffffff.18446744073709551615"},
        {{{1, 2}, SnapshotPlace{}}, "0000000000000001.2.0-0"},
        {{{1, 2}, SnapshotPlace{3, 4}}, "0000000000000001.2.3-4"},
        {{{1, 2}, SnapshotPlace{max32, max64}},
         "0000000000000001.2.4294967295-18446744073709551615"},
    };
    for (const auto& each : cases) {
        BOOST_TEST(to_string(each.cursor) == each.text);
        BOOST_TEST((parse_feed_cursor(each.text) == each.cursor), each.text);
    }
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
    const std::string version = "00000000000000ff.12";
    for (const std::string& text : {
             std::string(),
             std::string("."),
             std::string(".."),
             std::string("12"),
             std::string("00000000000000ff"),
             std::string("00000000000000ff."),
             std::string("0000000000000ff.12"),
             std::string("00000000000000FF.12"),
             std::string("00000000000000fg.12"),
             std::string("00000000000000ff.012"),
             std::string("00000000000000ff.-1"),
             std::string("00000000000000ff.1x"),
             std::string("00000000000000ff.18446744073709551616"),
             std::string("00000000000000ff..3-4"),
             ' ' + version,
             version + ' ',
             version + '.',
             version + ".3",
             version + ".3-",
             version + ".-4",
             version + ".-",
             version + ".3-4-5",
             version + ".3-4.5",
             version + ".3-4 ",
             version + ". 3-4",
             version + ".+3-4",
             version + ".3-+4",
             version + ".03-4",
             version + ".3-04",
             version + ".00-4",
             version + ".3--4",
             version + ".0x3-4",
             version + ".4294967296-4",
             version + ".3-18446744073709551616",
             version + std::string("\0", 1),
             version + std::string(".3-4\0", 5),
         })
        BOOST_TEST(!parse_feed_cursor(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
