#include "daemon/residency.hpp"

#include "ipc/segment_writer.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast;
using namespace treecast::daemon;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(residency)

namespace {

constexpr ipc::FileId a{1};
constexpr ipc::FileId b{2};
constexpr ipc::FileId c{3};
constexpr ipc::FileId nobody{0};
const Clock::time_point start = Clock::time_point() + 1h;

/// Room for three files of one byte.
std::uint64_t limit_of_three() {
    return 3 * ipc::segment_cost(1);
}

Residency with_three() {
    Residency residency(limit_of_three());
    residency.add(a, 1, start);
    residency.add(b, 1, start);
    residency.add(c, 1, start);
    return residency;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_segment_costs_whole_pages_and_its_bookkeeping) {
    Residency residency(1 << 20);

    residency.add(a, 5000, start);

    BOOST_TEST(residency.bytes() == 2 * 4096 + 1024);
    BOOST_TEST(residency.files() == 1);
    residency.remove(a);
    BOOST_TEST(residency.bytes() == 0);
    BOOST_TEST(residency.files() == 0);
}

BOOST_AUTO_TEST_CASE(a_newer_segment_of_a_file_replaces_the_older_one) {
    Residency residency(1 << 20);

    residency.add(a, 1, start);
    residency.add(a, 5000, start);

    BOOST_TEST(residency.bytes() == ipc::segment_cost(5000));
    BOOST_TEST(residency.files() == 1);
}

BOOST_AUTO_TEST_CASE(the_longest_unused_goes_first) {
    Residency residency = with_three();
    residency.use(a);

    const auto room = residency.make_room(1, nobody, start + 2s);

    BOOST_TEST(room.fits);
    BOOST_TEST_REQUIRE(room.evict.size() == 1);
    BOOST_TEST((room.evict[0] == b));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_again_goes_last) {
    Residency residency = with_three();
    residency.spare(a, true);

    const auto two = residency.make_room(4096, nobody, start + 2s);
    BOOST_TEST_REQUIRE(two.evict.size() == 1);
    BOOST_TEST((two.evict[0] == b));
    BOOST_TEST(residency.evictable(start + 2s).size() == 2);
    const auto all = residency.make_room(3 * 4096, nobody, start + 2s);
    BOOST_TEST(all.fits);
    BOOST_TEST_REQUIRE(all.evict.size() == 3);
    BOOST_TEST((all.evict[2] == a));

    residency.spare(a, false);
    BOOST_TEST((residency.make_room(1, nobody, start + 2s).evict[0] == a));
}

BOOST_AUTO_TEST_CASE(nothing_goes_within_a_second_of_its_loading) {
    const Residency residency = with_three();

    const auto soon = residency.make_room(1, nobody, start + 999ms);
    const auto later = residency.make_room(1, nobody, start + 1s);

    BOOST_TEST(!soon.fits);
    BOOST_TEST(soon.evict.empty());
    BOOST_TEST(later.fits);
}

BOOST_AUTO_TEST_CASE(what_is_replaced_counts_as_gone_and_is_not_evicted) {
    const Residency residency = with_three();

    const auto room = residency.make_room(1, a, start + 2s);

    BOOST_TEST(room.fits);
    BOOST_TEST(room.evict.empty());
}

BOOST_AUTO_TEST_CASE(room_is_made_for_all_of_a_large_file_or_not_at_all) {
    Residency residency(limit_of_three());
    residency.add(a, 1, start);
    residency.add(b, 1, start + 5s);

    const auto partly = residency.make_room(2 * 4096 + 1, nobody, start + 5s);

    BOOST_TEST(!partly.fits);
    BOOST_TEST(partly.evict.empty());
}

BOOST_AUTO_TEST_CASE(what_exceeds_the_limit_alone_can_never_be_held) {
    const Residency residency(limit_of_three());

    BOOST_TEST(residency.can_hold(3 * 4096));
    BOOST_TEST(!residency.can_hold(4 * 4096));
}

BOOST_AUTO_TEST_CASE(the_catalog_takes_its_part_of_a_limit_that_the_file_system_sets) {
    constexpr std::uint64_t mib = 1 << 20;
    Residency residency(1000 * mib, 64 * mib);
    BOOST_TEST(residency.limit_bytes() == 48 * mib);
    residency.set_catalog_bytes(8 * mib);
    BOOST_TEST(residency.limit_bytes() == 40 * mib);
    residency.set_catalog_bytes(40 * mib);
    BOOST_TEST(residency.limit_bytes() == 8 * mib);
    // A quarter of what it leaves is left to contents, however large it is.
    residency.set_catalog_bytes(48 * mib);
    BOOST_TEST(residency.limit_bytes() == 4 * mib);
    residency.set_catalog_bytes(65 * mib);
    BOOST_TEST(residency.limit_bytes() == 0U);
    // A limit that leaves room for the catalog is what it says.
    Residency small(8 * mib, 64 * mib);
    small.set_catalog_bytes(40 * mib);
    BOOST_TEST(small.limit_bytes() == 8 * mib);
    small.set_catalog_bytes(41 * mib);
    BOOST_TEST(small.limit_bytes() == 7 * mib);
    BOOST_TEST(!small.can_hold(7 * mib));
    BOOST_TEST(small.can_hold(6 * mib));
}

BOOST_AUTO_TEST_SUITE_END()
