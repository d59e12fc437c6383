#include "client/following/listing_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace treecast;
using namespace treecast::client;

BOOST_AUTO_TEST_SUITE(listing_text)

using State = FeedChange::State;

namespace {

FeedChange file(const std::string& path, std::uint64_t size = 6) {
    FeedChange change;
    change.path = path;
    change.version = {7, 1};
    change.size = size;
    change.mtime = FileTime{1'769'860'800, 803'943'523};
    change.mode = 0644;
    return change;
}

FeedChange deleted(const std::string& path) {
    auto change = file(path);
    change.state = State::deleted;
    return change;
}

FeedAnswer answer(bool reset, const std::vector<FeedChange>& changes) {
    return {"demo", "0000000000000007.9", reset, false, false, changes};
}

std::string paths(const FeedListing& listing) {
    std::string text;
    for (const auto& [path, file] : listing.files())
        text += path + ' ';
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(answers_are_put_together_in_the_order_of_bytes) {
    FeedListing listing;

    listing.apply(answer(true, {file("b"), file("\xC3\xA4"), file("a/b"), file("a.b"), file("B")}));
    BOOST_TEST(paths(listing) == "B a.b a/b b \xC3\xA4 ");

    listing.apply(answer(false, {deleted("b"), deleted("x"), file("a/b", 7)}));
    BOOST_TEST(paths(listing) == "B a.b a/b \xC3\xA4 ");
    BOOST_TEST(listing.files().at("a/b").size == 7U);

    listing.apply(answer(true, {file("c")}));
    BOOST_TEST(paths(listing) == "c ");
}

BOOST_AUTO_TEST_CASE(answers_that_go_on_for_ever_are_endless_though_they_list_few_files) {
    for (const auto& [page, count] :
         {std::pair{answer(false, {file("a")}), 50}, {answer(false, {}), 100}}) {
        FeedListing listing(100);
        listing.apply(answer(true, {}));
        for (int i = 1; i < count; ++i)
            listing.apply(page);
        BOOST_TEST(!listing.is_endless());
        listing.apply(page);
        listing.apply(page);
        BOOST_TEST(listing.is_endless());
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_begins_anew_again_and_again_is_endless) {
    FeedListing listing;
    for (unsigned i = 0; i < FeedListing::resets_max; ++i)
        listing.apply(answer(true, {file("a")}));
    BOOST_TEST(!listing.is_endless());
    listing.apply(answer(true, {file("a")}));
    BOOST_TEST(listing.is_endless());
}

BOOST_AUTO_TEST_CASE(a_line_is_one_line_whatever_the_path) {
    const auto change = file("");

    BOOST_TEST(listing_line("a", change, 1) == "0644 6 2026-01-31T12:00:00Z a\n");
    BOOST_TEST(
        listing_line("a\n\x1B[2J\\ \xC3\xA4", change, 3) ==
        "0644   6 2026-01-31T12:00:00Z a\\x0a\\x1b[2J\\\\ \xC3\xA4\n"
    );
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_a_dash_and_reasons_stand_at_the_end) {
    auto stale = file("");
    stale.reason = "unreadable";
    stale.mtime.reset();
    auto unavailable = file("");
    unavailable.state = State::unavailable;
    unavailable.reason = "a\nb";

    BOOST_TEST(
        listing_line("a", stale, 1) == "0644 6 -                    a (stale: unreadable)\n"
    );
    BOOST_TEST(
        listing_line("a", unavailable, 4) ==
        "-       - -                    a (unavailable: a\\x0ab)\n"
    );
}

BOOST_AUTO_TEST_CASE(sizes_are_as_wide_as_the_largest) {
    FeedListing listing;
    BOOST_TEST(size_width(listing.files()) == 1U);

    auto unavailable = file("c", 999'999);
    unavailable.state = State::unavailable;
    listing.apply(answer(true, {file("a", 5), file("b", 1234), unavailable}));

    BOOST_TEST(size_width(listing.files()) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
