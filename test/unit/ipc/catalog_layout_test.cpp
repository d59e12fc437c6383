#include "ipc/catalog_layout.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>
#include <set>

using namespace treecast::ipc;

BOOST_AUTO_TEST_SUITE(catalog_layout)

namespace {

Record full_record() {
    Record record;
    record.change_revision = 0x1122334455667788;
    record.content_revision = std::numeric_limits<std::uint64_t>::max();
    record.inode = 3;
    record.size = std::uint64_t{1} << 63;
    record.mtime_ns = -1;
    record.ctime_mark = 0x89abcdef;
    record.date_floor = std::numeric_limits<std::uint32_t>::max();
    record.device = 0xfffffffe;
    record.mode = 0100644;
    record.state = FileState::unavailable;
    record.reason = UnavailableReason::hung;
    for (std::size_t i = 0; i < record.sha256.size(); ++i)
        record.sha256[i] = static_cast<std::uint8_t>(255 - i);
    return record;
}

bool comes_back(const Record& record) {
    const auto stored = unpack_record(pack_record({record, false}));
    return stored && stored->record == record && !stored->is_directory;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_field_of_a_record_comes_back) {
    BOOST_TEST(comes_back(full_record()));
    for (const auto state : {FileState::present, FileState::deleted, FileState::unavailable}) {
        Record record = full_record();
        record.state = state;
        BOOST_TEST(comes_back(record));
    }
    for (unsigned flags = 0; flags < 4; ++flags) {
        Record record;
        record.state = FileState::present;
        record.resident = (flags & 1) != 0;
        record.hash_known = (flags & 2) != 0;
        BOOST_TEST(comes_back(record));
    }
}

BOOST_AUTO_TEST_CASE(a_directory_is_one_only_where_no_file_is_served) {
    const auto decoded = [](FileState state, bool is_directory) {
        Record record;
        record.state = state;
        return unpack_record(pack_record({record, is_directory})).value();
    };

    BOOST_TEST((decoded(FileState::deleted, true).record.state == FileState::directory));
    BOOST_TEST((decoded(FileState::directory, false).record.state == FileState::directory));
    BOOST_TEST((decoded(FileState::present, true).record.state == FileState::present));
    BOOST_TEST(decoded(FileState::present, true).is_directory);
    BOOST_TEST(!decoded(FileState::deleted, false).is_directory);
}

BOOST_AUTO_TEST_CASE(words_that_no_writer_makes_are_no_record) {
    BOOST_TEST(!unpack_record(RecordWords{}));
    for (std::uint64_t state = 0; state < 16; ++state) {
        for (std::uint64_t reason = 0; reason < 16; ++reason) {
            RecordWords words{};
            words[record_state_word] = state << 48 | reason << 52;
            const bool sound = state >= 2 && state <= 4 && reason <= 7;
            BOOST_TEST(unpack_record(words).has_value() == sound);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_region_descriptor_comes_back) {
    for (const std::uint32_t page : {0U, 17U, 0xffffffffU})
        for (const unsigned log2_slots : {0U, 12U, 31U})
            for (const std::uint32_t generation : {0U, 1U, 0xffffffU}) {
                const RegionDescriptor region{
                    page,
                    static_cast<std::uint8_t>(log2_slots),
                    generation};
                const auto again = RegionDescriptor::unpack(region.pack());
                BOOST_TEST(again.page == page);
                BOOST_TEST(again.slots() == std::uint64_t{1} << log2_slots);
                BOOST_TEST(again.generation == generation);
            }
}

BOOST_AUTO_TEST_CASE(a_damaged_region_descriptor_has_a_bounded_size) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST(RegionDescriptor::unpack(random()).slots() <= std::uint64_t{1} << 31);
}

BOOST_AUTO_TEST_CASE(paths_that_differ_little_are_spread_over_the_index) {
    std::set<std::uint32_t> positions;
    std::set<std::uint32_t> tags;
    for (int i = 0; i < 1000; ++i) {
        const PathHash hash = hash_path(7, "dir/file" + std::to_string(i));
        positions.insert(hash.position & 0xffff);
        tags.insert(hash.tag);
    }

    BOOST_TEST(positions.size() > 950U);
    BOOST_TEST(tags.size() == 1000U);
    BOOST_TEST(hash_path(7, "a").position != hash_path(8, "a").position);
}

BOOST_AUTO_TEST_SUITE_END()
