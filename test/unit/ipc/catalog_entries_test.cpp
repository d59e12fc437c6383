#include "ipc/catalog_entries.hpp"

#include "test/unit/ipc/catalog_memory_fixture.hpp"

#include <vector>

using namespace treecast::test::catalog_memory_cases;

namespace {

using Slots = std::vector<std::uint32_t>;

struct EntriesFixture : CatalogMemory {
    EntriesFixture() { BOOST_REQUIRE(!entries.add_chunk()); }
    Result<std::uint32_t> try_make(std::uint32_t parent, std::size_t name_bytes) {
        return entries.make(parent, std::string(name_bytes, 'n'), {}, fresh_record());
    }
    std::uint32_t make(std::uint32_t parent = root_slot, std::size_t name_bytes = 1) {
        return try_make(parent, name_bytes).value();
    }
    Slots children(std::uint32_t parent) const { return children_in(entries, parent); }
    static Slots children_in(const CatalogEntries& entries, std::uint32_t parent) {
        Slots slots;
        for (std::uint32_t slot = entries.first_child(parent); slot != 0;
             slot = entries.next_sibling(slot))
            slots.push_back(slot);
        return slots;
    }

    CatalogEntries entries{pages, 2 * chunk_slots};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog_entries, EntriesFixture)

BOOST_AUTO_TEST_CASE(a_name_that_does_not_fit_takes_a_second_slot) {
    struct Row {
        std::size_t name_bytes;
        std::uint32_t slots;
    };
    const Row rows[] = {{1, 1}, {39, 1}, {40, 1}, {41, 2}, {255, 2}};
    std::uint32_t next = 1;  // 0 is the root
    for (const Row& row : rows) {
        BOOST_TEST(make(root_slot, row.name_bytes) == next, row.name_bytes);
        next += row.slots;
    }
}

BOOST_AUTO_TEST_CASE(freed_slots_are_taken_before_fresh_ones_and_the_last_freed_first) {
    const std::uint32_t a = make();
    const std::uint32_t b = make(root_slot, 41);
    const std::uint32_t end = make();
    entries.free(a);
    entries.free(b);
    BOOST_TEST((Slots{make(), make(), make(), make()} == Slots{b, b + 1, a, end + 1}));
}

BOOST_AUTO_TEST_CASE(an_id_stands_for_one_entry_of_its_slot_only) {
    const std::uint32_t slot = make();
    const FileId first = entries.file_id(slot);
    BOOST_TEST(entries.in_use(first));
    entries.free(slot);
    BOOST_TEST(!entries.in_use(first));
    BOOST_TEST(!entries.in_use(entries.file_id(slot)));
    BOOST_TEST_REQUIRE(make() == slot);
    BOOST_TEST(!entries.in_use(first));
    BOOST_TEST(entries.in_use(entries.file_id(slot)));

    const std::uint32_t long_name = make(root_slot, 255);
    struct Row {
        const char* what;
        FileId file;
    };
    const Row rows[] = {
        {"the root", entries.file_id(root_slot)},
        {"the rest of a name", entries.file_id(long_name + 1)},
        {"a slot that was never used", entries.file_id(long_name + 2)},
        {"behind the last slot", make_file_id(1, chunk_slots)},
        {"the next generation", make_file_id(entries.file_id(slot).generation() + 1, slot)},
    };
    for (const Row& row : rows)
        BOOST_TEST(!entries.in_use(row.file), row.what);
}

BOOST_AUTO_TEST_CASE(siblings_stay_linked_whichever_of_them_goes) {
    for (int gone = 0; gone < 3; ++gone) {
        EntriesFixture fresh;
        const std::uint32_t parent = fresh.make();
        Slots left;
        for (int i = 0; i < 3; ++i)
            left.insert(left.begin(), fresh.make(parent));
        BOOST_TEST((fresh.children(parent) == left));
        fresh.entries.free(left[static_cast<std::size_t>(gone)]);
        left.erase(left.begin() + gone);
        BOOST_TEST((fresh.children(parent) == left), gone);

        left.insert(left.begin(), fresh.make(parent));
        BOOST_TEST(fresh.entries.parent(left.front()) == parent);
        for (; !left.empty(); left.pop_back()) {
            BOOST_TEST((fresh.children(parent) == left), gone);
            fresh.entries.free(left.back());
        }
        BOOST_TEST(fresh.children(parent).empty(), gone);
        BOOST_TEST((fresh.children(root_slot) == Slots{parent}));
    }
}

BOOST_AUTO_TEST_CASE(a_record_is_replaced_beside_the_one_that_readers_have) {
    const std::uint32_t slot = make();
    const Word* const words = entries.words(slot);
    for (std::uint64_t size = 1; size <= 3; ++size) {
        const std::uint64_t selector = words[entry_selector].load();
        StoredRecord stored = fresh_record();
        stored.record.size = size;
        entries.store(slot, stored);

        BOOST_TEST((entries.record(slot).record == stored.record));
        BOOST_TEST(words[entry_selector].load() == selector + 1);
        RecordWords before;
        for (std::uint32_t i = 0; i < record_words; ++i)
            before[i] = words[entry_records + (selector & 1) * record_words + i].load();
        BOOST_TEST(unpack_record(before)->record.size == size - 1);
    }
    entries.free(slot);
    BOOST_TEST((entries.record(slot).record.state == FileState::none));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_name_is_no_entry_whatever_its_slot_was) {
    const std::uint32_t first = make(root_slot, 255);
    entries.free(first);
    // The writer may have been killed when the length of a name was there, and its record was not.
    Word* const leftover = entries.words(first + 1);
    leftover[entry_identity].store(pack_pair(5, 40));
    BOOST_TEST_REQUIRE(make(root_slot, 41) == first);
    BOOST_TEST(leftover[entry_identity].load() == pack_pair(5, 0));
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_name_never_become_a_record) {
    const std::uint64_t state = pack_record(fresh_record())[record_state_word];
    std::string name(name_bytes_inline, 'n');
    while (name.size() < 255)
        name.push_back(static_cast<char>(state >> (name.size() % 8 * 8)));
    for (const std::uint64_t selector : {0U, 1U}) {
        EntriesFixture fresh;
        const std::uint32_t slot = fresh.entries.make(root_slot, name, {}, fresh_record()).value();
        Word* const words = fresh.entries.words(slot + 1);
        const auto records = [&] {
            int count = 0;
            for (const std::uint32_t which : {0U, 1U})
                count += is_record(words[entry_records + which * record_words + record_state_word]);
            return count;
        };
        BOOST_TEST_REQUIRE(records() == 2);
        words[entry_selector].store(selector);
        fresh.entries.free(slot);
        BOOST_TEST_REQUIRE(fresh.make() == slot);
        BOOST_TEST_REQUIRE(fresh.make() == slot + 1);
        BOOST_TEST(records() == 1, selector);
    }
}

BOOST_AUTO_TEST_CASE(the_number_of_entries_is_limited_in_whole_chunks) {
    struct Row {
        std::uint32_t entries_max;
        std::uint32_t chunks;
    };
    const Row rows[] = {{0, 0}, {1, 1}, {chunk_slots, 1}, {chunk_slots + 1, 2}};
    for (const Row& row : rows) {
        CatalogEntries limited(pages, row.entries_max);
        ErrorCode error;
        while (!(error = limited.add_chunk())) {
        }
        BOOST_TEST((error == Errc::catalog_full));
        BOOST_TEST(limited.slots() == row.chunks * chunk_slots, row.entries_max);
    }
}

BOOST_AUTO_TEST_CASE(a_long_name_that_finds_one_slot_only_leaves_it_to_a_short_one) {
    use_up_range();
    for (std::uint32_t slot = 1; slot < chunk_slots - 1; ++slot)
        BOOST_REQUIRE(make() == slot);
    BOOST_TEST((try_make(root_slot, 41).error() == Errc::catalog_full));
    BOOST_TEST(children(root_slot).size() == chunk_slots - 2);
    BOOST_TEST(make(root_slot, 40) == chunk_slots - 1);
    BOOST_TEST((try_make(root_slot, 1).error() == Errc::catalog_full));
}

BOOST_AUTO_TEST_CASE(a_successor_links_anew_what_is_in_use_and_frees_the_rest) {
    const std::uint32_t parent = make();
    const std::uint32_t gone = make();
    const std::uint32_t long_name = make(parent, 41);
    const std::uint32_t last = make(parent);
    const std::uint32_t unnamed = make();
    std::vector<bool> is_used(chunk_slots, false);
    for (const std::uint32_t slot : {root_slot, parent, long_name, long_name + 1, last})
        is_used[slot] = true;
    for (const std::uint32_t slot : {parent, long_name, last}) {  // what was written last is lost
        entries.words(slot)[entry_siblings].store(pack_pair(77, 78));
        entries.words(slot)[entry_family].store(pack_pair(entries.parent(slot), 79));
    }

    CatalogEntries successor(pages, 2 * chunk_slots);
    successor.adopt_chunks();
    successor.relink(is_used);

    BOOST_TEST(successor.slots() == chunk_slots);
    BOOST_TEST((children_in(successor, root_slot) == Slots{parent}));
    BOOST_TEST((children_in(successor, parent) == Slots{long_name, last}));
    BOOST_TEST(children_in(successor, long_name).empty());
    for (const std::uint32_t slot : {gone, unnamed, unnamed + 1})  // the lowest free one first
        BOOST_TEST(successor.make(root_slot, "x", {}, fresh_record()).value() == slot);
}

BOOST_AUTO_TEST_SUITE_END()
