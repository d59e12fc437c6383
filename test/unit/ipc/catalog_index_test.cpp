#include "ipc/catalog_index.hpp"

#include "test/unit/ipc/catalog_memory_fixture.hpp"

#include <set>
#include <vector>

using namespace treecast::test::catalog_memory_cases;

namespace {

using Slots = std::vector<std::uint32_t>;

constexpr std::uint32_t smallest = 4096;  // slots
// Of the smallest index: 0.6 full, and 0.9.
constexpr std::uint32_t easy_max = 2457;
constexpr std::uint32_t dense_max = 3686;

struct IndexFixture : CatalogMemory {
    IndexFixture() {
        BOOST_REQUIRE(!entries.add_chunk());
        BOOST_REQUIRE(!index.start(0));
        index.publish();
    }
    RegionDescriptor published() const { return CatalogIndex::published(pages); }
    std::uint32_t insert(PathHash hash) {
        const std::uint32_t slot = entries.make(root_slot, "name", hash, fresh_record()).value();
        index.insert(hash, slot);
        return slot;
    }
    void insert(std::uint32_t first, std::uint32_t end) {
        for (std::uint32_t position = first; position < end; ++position)
            insert({position, position});
    }
    Slots like(PathHash hash) const {
        Slots slots;
        index.for_each_like(hash, [&](std::uint32_t slot) {
            slots.push_back(slot);
            return true;
        });
        return slots;
    }
    bool are_found(std::uint32_t count) const {
        for (std::uint32_t i = 0; i < count; ++i)
            if (like({i, i}) != Slots{i + 1})
                return false;
        return true;
    }

    CatalogEntries entries{pages, 1 << 20};
    CatalogIndex index{pages, entries};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_index, IndexFixture)

BOOST_AUTO_TEST_CASE(it_begins_at_most_half_full) {
    struct Row {
        std::uint64_t paths;
        int log2_slots;
    };
    const Row rows[] = {{0, 12}, {2048, 12}, {2049, 13}, {4096, 13}, {4097, 14}, {1'000'000, 21}};
    for (const Row& row : rows) {
        BOOST_REQUIRE(!index.start(row.paths));
        index.publish();
        BOOST_TEST(int{published().log2_slots} == row.log2_slots, row.paths);
    }
}

BOOST_AUTO_TEST_CASE(readers_see_none_before_it_is_published) {
    const RegionDescriptor before = published();
    BOOST_REQUIRE(!index.start(0));
    insert({1, 1});
    BOOST_TEST(published().pack() == before.pack());

    index.publish();
    BOOST_TEST(published().page != before.page);
    BOOST_TEST(published().generation == before.generation + 1);
}

BOOST_AUTO_TEST_CASE(paths_of_one_position_are_told_apart_by_their_tags) {
    for (const std::uint32_t position : {0U, smallest - 2, smallest - 1, 0xffffffffU}) {
        IndexFixture fresh;
        const std::uint32_t a = fresh.insert({position, 1});
        const std::uint32_t b = fresh.insert({position, 2});
        const std::uint32_t c = fresh.insert({position, 1});
        BOOST_TEST_CONTEXT(position) {
            BOOST_TEST((fresh.like({position, 1}) == Slots{a, c}));
            BOOST_TEST((fresh.like({position, 2}) == Slots{b}));
            BOOST_TEST(fresh.like({position, 3}).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_visit_ends_when_its_visitor_has_seen_enough) {
    const std::uint32_t first = insert({7, 1});
    insert({7, 1});
    Slots seen;
    index.for_each_like({7, 1}, [&](std::uint32_t slot) {
        seen.push_back(slot);
        return false;
    });
    BOOST_TEST((seen == Slots{first}));
}

BOOST_AUTO_TEST_CASE(what_is_behind_an_erased_path_is_still_found) {
    for (int erased = 0; erased < 3; ++erased) {
        IndexFixture fresh;
        std::set<std::uint32_t> left;
        for (int i = 0; i < 3; ++i)
            left.insert(fresh.insert({smallest - 1, 1}));
        const std::uint32_t gone = *std::next(left.begin(), erased);
        left.erase(gone);

        fresh.index.erase(gone);
        fresh.index.erase(gone);  // is not there any more

        const Slots found = fresh.like({smallest - 1, 1});
        BOOST_TEST((std::set(found.begin(), found.end()) == left), erased);
    }
}

BOOST_AUTO_TEST_CASE(a_path_that_comes_and_goes_needs_no_other_index) {
    const std::uint32_t before = published().generation;
    const std::uint32_t kept = insert({9, 1});
    const std::uint32_t slot = insert({9, 2});
    for (std::uint32_t i = 0; i < 2 * smallest; ++i) {
        index.erase(slot);
        BOOST_REQUIRE(!index.reserve_one());
        index.insert({9, 2}, slot);
    }
    BOOST_TEST(published().generation == before);
    BOOST_TEST((like({9, 1}) == Slots{kept}));
    BOOST_TEST((like({9, 2}) == Slots{slot}));
}

BOOST_AUTO_TEST_CASE(it_grows_when_one_more_would_fill_more_than_three_fifths) {
    const RegionDescriptor before = published();
    insert(0, easy_max - 1);
    BOOST_REQUIRE(!index.reserve_one());
    BOOST_TEST(published().pack() == before.pack());
    insert(easy_max - 1, easy_max);
    BOOST_REQUIRE(!index.reserve_one());

    BOOST_TEST(int{published().log2_slots} == 13);
    BOOST_TEST(published().generation == before.generation + 1);
    BOOST_TEST(are_found(easy_max));
    BOOST_TEST(pages.allocate(CatalogIndex::pages(before)).value() == before.page);
}

BOOST_AUTO_TEST_CASE(erased_paths_are_left_behind_in_the_old_index) {
    const RegionDescriptor before = published();
    insert(0, easy_max);
    for (std::uint32_t i = 10; i < easy_max; ++i)
        index.erase(i + 1);
    BOOST_REQUIRE(!index.reserve_one());

    BOOST_TEST(int{published().log2_slots} == 12);  // ten paths need no more
    BOOST_TEST(published().generation == before.generation + 1);
    BOOST_TEST(are_found(10));
    BOOST_TEST(index.has_room_for(dense_max - 10));
    BOOST_TEST(!index.has_room_for(dense_max - 9));
}

BOOST_AUTO_TEST_CASE(without_memory_for_another_it_fills_up_to_nine_tenths) {
    const RegionDescriptor before = published();
    insert(0, dense_max - 1);
    const std::uint32_t spare = pages.allocate(16).value();
    use_up_range();

    BOOST_TEST(!index.reserve_one());
    insert(dense_max - 1, dense_max);
    BOOST_TEST((index.reserve_one() == Errc::catalog_full));
    BOOST_TEST(published().pack() == before.pack());
    BOOST_TEST(are_found(dense_max));

    index.erase(1);  // its place counts as used
    BOOST_TEST((index.reserve_one() == Errc::catalog_full));
    pages.give_back({spare, 16});
    BOOST_TEST(!index.reserve_one());
    BOOST_TEST(int{published().log2_slots} == 13);
}

BOOST_AUTO_TEST_CASE(a_successor_counts_what_it_takes_over) {
    insert(0, 100);
    for (std::uint32_t i = 50; i < 80; ++i)
        index.erase(i + 1);

    CatalogIndex successor(pages, entries);
    successor.keep_published();
    BOOST_TEST(successor.has_room_for(dense_max - 100));
    BOOST_TEST(!successor.has_room_for(dense_max - 99));
    successor.insert({50, 50}, 51);  // in the place of an erased one
    BOOST_TEST(successor.has_room_for(dense_max - 100));
    BOOST_TEST((like({50, 50}) == Slots{51}));
}

BOOST_AUTO_TEST_SUITE_END()
