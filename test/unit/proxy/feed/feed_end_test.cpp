#include "proxy/feed/feed_end.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::proxy;

BOOST_AUTO_TEST_SUITE(feed_end)

BOOST_AUTO_TEST_CASE(newer_files_make_the_state_incomplete) {
    constexpr Version version{1, 10};
    constexpr std::uint32_t end_slot = SnapshotPlace::end_slot;
    struct {
        FeedEnd listed;
        std::uint64_t sent;
        std::uint64_t newest;
        FeedEnd expected;
    } const cases[] = {
        // as it was listed
        {{{version, {}}, false}, 10, 10, {{version, {}}, false}},
        {{{version, {}}, false}, 3, 20, {{version, {}}, false}},
        {{{version, {}}, true}, 9, 20, {{version, {}}, true}},
        {{{version, SnapshotPlace{5, 12}}, true}, 8, 9, {{version, SnapshotPlace{5, 12}}, true}},
        // newer, and published: the next answer brings the rest
        {{{version, {}}, false}, 11, 11, {{version, {}}, true}},
        {{{version, {}}, true}, 15, 20, {{version, {}}, true}},
        // newer, and a part of a publication under way: the next answer waits for its end
        {{{version, {}}, false}, 12, 11, {{version, SnapshotPlace{end_slot, 12}}, true}},
        {{{version, {}}, true}, 12, 11, {{version, SnapshotPlace{end_slot, 12}}, true}},
        // within a snapshot its last page says so
        {{{version, SnapshotPlace{5, 12}}, true}, 14, 20, {{version, SnapshotPlace{5, 14}}, true}},
        {{{version, SnapshotPlace{5, 12}}, true}, 11, 20, {{version, SnapshotPlace{5, 12}}, true}},
        {{{version, SnapshotPlace{end_slot, 12}}, true},
         13,
         20,
         {{version, SnapshotPlace{end_slot, 13}}, true}},
    };
    for (const auto& each : cases)
        BOOST_TEST(
            (end_of_answer(each.listed, each.sent, each.newest) == each.expected),
            to_string(each.listed.cursor) << ", sent " << each.sent << " of " << each.newest
        );
}

BOOST_AUTO_TEST_SUITE_END()
