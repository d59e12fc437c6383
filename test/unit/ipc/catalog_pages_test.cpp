#include "test/support/needs.hpp"
#include "test/unit/ipc/catalog_memory_fixture.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <sys/statfs.h>

using namespace treecast::test::catalog_memory_cases;

BOOST_FIXTURE_TEST_SUITE(catalog_pages, CatalogMemory)

namespace {

constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();

void fill(CatalogPages& pages, Extent extent) {
    for (std::uint64_t i = 0; i < extent.pages * page_words; ++i)
        pages.words(extent.page)[i].store(huge);
}

bool is_zero(CatalogPages& pages, Extent extent) {
    const Word* const words = pages.words(extent.page);
    return std::all_of(words, words + extent.pages * page_words, [](const Word& word) {
        return word.load() == 0;
    });
}

/// A file without a name in a /dev/shm that is limited to so many bytes.
struct LimitedMemory {
    LimitedMemory() {
        struct statfs filesystem {};
        if (!file || ::fstatfs(file.get(), &filesystem) != 0)
            fail_with_errno("/dev/shm");
        bytes = static_cast<std::uint64_t>(filesystem.f_bsize) * filesystem.f_blocks;
        if (bytes == 0)
            throw std::runtime_error("it has no limit");
    }

    UniqueFd file{::open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    std::uint64_t bytes = 0;
};

/// A catalog of 64 pages.
struct SmallCatalog : CatalogMemory {
    SmallCatalog() { BOOST_REQUIRE(pages.allocate(64 - header_pages)); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_smallest_free_run_that_fits_is_taken) {
    // Free are 3 pages at 20, 5 at 30, 5 at 40 and 4 at the end, if it is not in use.
    const std::vector<Extent> gaps{{0, 20}, {23, 7}, {35, 5}, {45, 15}};
    std::vector<Extent> gaps_but_the_end = gaps;
    gaps_but_the_end.push_back({60, 4});
    struct Row {
        const char* what;
        const std::vector<Extent>& used;
        std::uint64_t wanted;
        std::uint32_t given;
        std::uint64_t capacity;
    };
    const Row rows[] = {
        {"one page", gaps, 1, 20, 64},
        {"the smallest as a whole", gaps, 3, 20, 64},
        {"the run at the end is smaller than those before it", gaps, 4, 60, 64},
        {"the first of two equals", gaps, 5, 30, 64},
        {"the run at the end is extended", gaps, 6, 60, 66},
        {"no run is at the end", gaps_but_the_end, 6, 64, 70},
    };
    for (const Row& row : rows) {
        SmallCatalog catalog;
        BOOST_TEST_CONTEXT(row.what) {
            BOOST_REQUIRE(catalog.pages.set_used(row.used));
            BOOST_TEST(catalog.pages.allocate(row.wanted).value() == row.given);
            BOOST_TEST(catalog.capacity_pages() == row.capacity);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_run_stays_free) {
    BOOST_REQUIRE(pages.allocate(10));
    pages.give_back({header_pages, 10});
    for (const std::uint64_t taken : {0U, 4U, 8U})
        BOOST_TEST(pages.allocate(taken == 8 ? 2 : 4).value() == header_pages + taken);
    BOOST_TEST(capacity_pages() == header_pages + 10);
    BOOST_TEST(pages.allocate(1).value() == header_pages + 10);
}

BOOST_AUTO_TEST_CASE(neighbours_that_are_given_back_become_one_run_in_any_order) {
    std::array<int, 4> order{0, 1, 2, 3};
    do {
        SmallCatalog catalog;
        BOOST_REQUIRE(catalog.pages.set_used({{0, 64}}));
        for (const int which : order)
            catalog.pages.give_back({20U + 3U * static_cast<unsigned>(which), 3});

        BOOST_TEST_CONTEXT(order[0] << order[1] << order[2] << order[3]) {
            BOOST_TEST(catalog.pages.allocate(12).value() == 20U);
            BOOST_TEST(catalog.capacity_pages() == 64U);
        }
    } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(runs_on_both_sides_of_a_page_in_use_stay_two) {
    SmallCatalog catalog;
    BOOST_REQUIRE(catalog.pages.set_used({{0, 64}}));
    catalog.pages.give_back({20, 3});
    catalog.pages.give_back({24, 3});
    BOOST_TEST(catalog.pages.allocate(6).value() == 64U);
}

BOOST_AUTO_TEST_CASE(pages_are_zero_whatever_they_held_before) {
    const Extent first{pages.allocate(4).value(), 4};
    const Extent in_use{pages.allocate(1).value(), 1};
    const Extent last{pages.allocate(3).value(), 3};
    for (const Extent extent : {first, in_use, last})
        fill(pages, extent);
    pages.give_back(first);
    pages.give_back(last);

    BOOST_TEST(pages.allocate(4).value() == first.page);
    BOOST_TEST(is_zero(pages, first));
    const Extent longer{pages.allocate(5).value(), 5};  // of which two are new
    BOOST_TEST(longer.page == last.page);
    BOOST_TEST(is_zero(pages, longer));
    BOOST_TEST(pages.words(in_use.page)[page_words - 1].load() == huge);
}

BOOST_AUTO_TEST_CASE(what_a_predecessor_used_is_checked) {
    struct Row {
        const char* what;
        std::vector<Extent> used;
        bool is_whole;
    };
    const Row rows[] = {
        {"nothing", {}, true},
        {"everything", {{0, 64}}, true},
        {"neighbours", {{0, 17}, {17, 47}}, true},
        {"in any order", {{40, 24}, {0, 17}, {20, 4}}, true},
        {"one begins before the other's end", {{0, 17}, {16, 4}}, false},
        {"one inside the other", {{0, 30}, {18, 2}}, false},
        {"twice the same", {{20, 4}, {20, 4}}, false},
        {"one page too many", {{0, 65}}, false},
        {"behind the end", {{65, 1}}, false},
        {"an end beyond all numbers", {{20, huge}}, false},
    };
    for (const Row& row : rows) {
        SmallCatalog catalog;
        BOOST_TEST(catalog.pages.set_used(row.used) == row.is_whole, row.what);
    }
}

BOOST_AUTO_TEST_CASE(the_end_of_the_mapped_range_is_the_end) {
    pages.store_header(HeaderWord::capacity, mapping->bytes() - 2 * page_bytes);
    const std::uint64_t before = capacity_pages();

    BOOST_TEST((pages.allocate(3).error() == Errc::catalog_full));
    BOOST_TEST(capacity_pages() == before);
    BOOST_TEST(pages.allocate(2).value() == before);
    BOOST_TEST((pages.allocate(1).error() == Errc::catalog_full));
    pages.give_back({before, 1});
    BOOST_TEST(pages.allocate(1).value() == before);
}

BOOST_AUTO_TEST_CASE(an_object_that_cannot_be_written_to_gets_no_memory) {
    const UniqueFd no_writer(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    BOOST_TEST((allocate_pages(no_writer.get(), 0, page_bytes) == system_error(EBADF)));
}

BOOST_AUTO_TEST_CASE(
    memory_that_cannot_be_had_is_an_error_before_it_is_touched,
    *needs(Need{
        "fill /dev/shm",
        [] {
            static_cast<void>(LimitedMemory());
        }})
) {
    const LimitedMemory memory;
    BOOST_TEST((allocate_pages(memory.file.get(), 0, memory.bytes + 1) == Errc::no_memory));
}

BOOST_AUTO_TEST_SUITE_END()
