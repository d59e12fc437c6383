#include "watcher/scan_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(scan_queue)

namespace {

constexpr DirectoryId a = 1;
constexpr DirectoryId b = 2;
constexpr DirectoryId c = 3;
constexpr std::uint32_t large = ScanQueue::large_files_min;

struct Added {
    DirectoryId id;
    bool deep;
};

std::vector<DirectoryId> take_all(ScanQueue& scans) {
    std::vector<DirectoryId> all;
    while (const auto due = scans.take())
        all.push_back(due->id);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_directory_is_due_once_in_the_order_it_was_added) {
    struct Row {
        const char* what;
        std::vector<Added> added;
        std::vector<Added> due;
    };
    const Row rows[] = {
        {"nothing", {}, {}},
        {"in order", {{b, false}, {a, true}}, {{b, false}, {a, true}}},
        {"twice", {{b, false}, {a, false}, {b, false}}, {{b, false}, {a, false}}},
        {"deep at last", {{b, false}, {a, false}, {b, true}}, {{b, true}, {a, false}}},
        {"deep at first", {{b, true}, {b, false}}, {{b, true}}},
    };
    for (const Row& row : rows) {
        ScanQueue scans;
        for (const auto& [id, deep] : row.added)
            scans.add(id, deep);

        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(scans.empty() == row.due.empty());
            for (const auto& [id, deep] : row.due) {
                BOOST_TEST(scans.contains(id));
                const auto due = scans.take();
                BOOST_TEST_REQUIRE(due.has_value());
                BOOST_TEST(due->id == id);
                BOOST_TEST(due->deep == deep);
                BOOST_TEST(!scans.contains(id));
            }
            BOOST_TEST(scans.empty());
            BOOST_TEST(!scans.take());
        }
    }
}

BOOST_AUTO_TEST_CASE(directories_of_very_many_files_are_due_after_all_others) {
    struct Row {
        std::uint32_t files_of_a;
        std::vector<DirectoryId> order;
    };
    const Row rows[] = {
        {0, {a, b}},
        {large - 1, {a, b}},
        {large, {b, a}},
        {large * 10, {b, a}},
    };
    for (const Row& row : rows) {
        ScanQueue scans;
        scans.note_files(a, row.files_of_a);
        scans.add(a, true);
        scans.add(b, true);
        BOOST_TEST_CONTEXT(row.files_of_a)
        BOOST_TEST(take_all(scans) == row.order, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(one_that_has_become_small_is_not_passed_over_any_more) {
    ScanQueue scans;
    scans.note_files(a, large);
    scans.note_files(a, 10);
    scans.add(a, false);
    scans.add(b, false);
    BOOST_TEST(take_all(scans) == (std::vector{a, b}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_directory_that_was_removed_is_not_due) {
    ScanQueue scans;
    scans.add(a, true);
    scans.add(b, false);
    scans.add(c, false);

    scans.remove(a);
    scans.remove(b);
    scans.remove(b);

    BOOST_TEST(!scans.contains(a));
    BOOST_TEST(take_all(scans) == std::vector{c}, boost::test_tools::per_element());
    BOOST_TEST(scans.empty());
}

BOOST_AUTO_TEST_CASE(the_next_of_its_number_is_due_by_its_own_place) {
    ScanQueue scans;
    scans.note_files(a, large);
    scans.add(a, true);
    scans.add(b, false);

    scans.forget(a);
    BOOST_TEST(!scans.contains(a));
    scans.add(a, false);

    BOOST_TEST(scans.take()->id == b);
    const auto due = scans.take();
    BOOST_TEST_REQUIRE(due.has_value());
    BOOST_TEST(due->id == a);
    BOOST_TEST(!due->deep);
    BOOST_TEST(!scans.take());
    BOOST_TEST(scans.empty());
}

BOOST_AUTO_TEST_SUITE_END()
