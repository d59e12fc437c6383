#include "watcher/watch_map.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <vector>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(watch_map)

namespace {

constexpr DirectoryId a = 1;
constexpr DirectoryId b = 2;
constexpr DirectoryId c = 7;

std::vector<DirectoryId> sorted(std::vector<DirectoryId> all) {
    std::ranges::sort(all);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_watch_has_all_directories_that_were_given_it) {
    struct Row {
        const char* what;
        std::vector<DirectoryId> given;
        std::vector<DirectoryId> taken;
        std::vector<DirectoryId> left;
        bool is_retired;
    };
    const Row rows[] = {
        {"one", {a}, {}, {a}, false},
        {"three", {a, b, c}, {}, {a, b, c}, false},
        {"given twice", {a, a}, {}, {a}, false},
        {"the first leaves", {a, b, c}, {a}, {b, c}, false},
        {"the middle leaves", {a, b, c}, {b}, {a, c}, false},
        {"the last leaves", {a, b, c}, {c}, {a, b}, false},
        {"all leave", {a, b}, {a, b}, {}, true},
        {"one that had none leaves", {a}, {b}, {a}, false},
    };
    for (const Row& row : rows) {
        WatchMap watches;
        for (const DirectoryId id : row.given)
            watches.set(id, 5);
        for (const DirectoryId id : row.taken)
            watches.set(id, no_watch);

        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(
                sorted(watches.directories_of(5)) == row.left,
                boost::test_tools::per_element()
            );
            BOOST_TEST(watches.has(5) == !row.left.empty());
            BOOST_TEST(watches.count() == (row.left.empty() ? 0U : 1U));
            for (const DirectoryId id : row.left)
                BOOST_TEST(watches.of(id) == 5);
            BOOST_TEST(watches.has_retired() == row.is_retired);
            BOOST_TEST(watches.take_retired().has_value() == row.is_retired);
            BOOST_TEST(!watches.take_retired());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_directory_leaves_its_old_watch_for_a_new_one) {
    WatchMap watches;
    watches.set(a, 5);
    watches.set(b, 5);

    watches.set(a, 6);

    BOOST_TEST(watches.of(a) == 6);
    BOOST_TEST(watches.directories_of(5) == std::vector{b}, boost::test_tools::per_element());
    BOOST_TEST(!watches.has_retired());
    watches.set(b, 6);
    BOOST_TEST((watches.take_retired() == 5));
}

BOOST_AUTO_TEST_CASE(a_retired_watch_that_was_given_again_is_kept) {
    WatchMap watches;
    watches.set(a, 5);
    watches.set(a, no_watch);

    watches.set(b, 5);

    BOOST_TEST(!watches.take_retired());
    BOOST_TEST(watches.directories_of(5) == std::vector{b}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(trust_lasts_until_all_is_distrusted) {
    WatchMap watches;
    BOOST_TEST(!watches.is_trusted(a));
    watches.trust(a);
    BOOST_TEST(watches.is_trusted(a));
    BOOST_TEST(!watches.is_trusted(b));

    watches.distrust_all();

    BOOST_TEST(!watches.is_trusted(a));
    watches.trust(a);
    BOOST_TEST(watches.is_trusted(a));
}

BOOST_AUTO_TEST_CASE(a_forgotten_directory_leaves_nothing_to_the_next_of_its_number) {
    WatchMap watches;
    watches.set(a, 5);
    watches.trust(a);
    watches.set_reports_opens(a);

    watches.forget(a);

    BOOST_TEST(watches.of(a) == no_watch);
    BOOST_TEST(!watches.is_trusted(a));
    BOOST_TEST(!watches.reports_opens(a));
    BOOST_TEST((watches.take_retired() == 5));
}

BOOST_AUTO_TEST_SUITE_END()
