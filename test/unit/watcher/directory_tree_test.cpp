#include "watcher/directory_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(directory_tree)

namespace {

struct Tree {
    WatchMap watches;
    ScanQueue scans;
    DirectoryHealth health;
    DirectoryTree tree{watches, scans, health};
};

struct ThreeDeep : Tree {
    DirectoryId a = tree.add_real(root_directory, "a", true);
    DirectoryId b = tree.add_real(a, "b", true);
    DirectoryId c = tree.add_real(b, "c", true);
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_is_found_by_name_and_has_its_path) {
    const ThreeDeep known;

    BOOST_TEST(known.tree.path(root_directory).empty());
    BOOST_TEST(known.tree.path(known.c) == "a/b/c");
    BOOST_TEST(known.tree.child(known.b, "c") == known.c);
    BOOST_TEST(known.tree.child(known.a, "c") == no_directory);
}

BOOST_AUTO_TEST_CASE(the_watch_of_a_removed_subtree_belongs_to_nobody_and_is_retired) {
    ThreeDeep known;
    known.watches.set(known.b, 7);
    known.watches.set(known.c, 8);

    known.tree.remove_real(known.b);

    BOOST_TEST(known.watches.directories_of(7).empty());
    BOOST_TEST(known.watches.directories_of(8).empty());
    BOOST_TEST(known.tree.child(known.a, "b") == no_directory);
    std::vector<WatchDescriptor> retired;
    while (const auto watch = known.watches.take_retired())
        retired.push_back(*watch);
    std::sort(retired.begin(), retired.end());
    BOOST_TEST(retired == (std::vector{7, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_directory_found_at_its_new_place_keeps_its_watch) {
    ThreeDeep known;
    known.watches.set(known.b, 7);
    known.tree.remove_real(known.b);

    const DirectoryId moved = known.tree.add_real(root_directory, "moved", true);
    known.watches.set(moved, 7);

    BOOST_TEST(!known.watches.take_retired());
    BOOST_TEST(
        known.watches.directories_of(7) == std::vector{moved},
        boost::test_tools::per_element()
    );
}

BOOST_AUTO_TEST_CASE(an_alias_is_a_name_of_what_it_leads_to) {
    ThreeDeep known;

    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);

    BOOST_TEST(
        known.tree.names_of(known.b) == (std::vector{known.b, alias}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(known.tree.path(alias) == "current");
    BOOST_TEST(known.tree.real(alias) == known.b);
    BOOST_TEST(known.tree.leads_through(alias, known.b));
    BOOST_TEST(!known.tree.leads_through(alias, known.a));
    known.tree.remove_alias(alias);
    BOOST_TEST(
        known.tree.names_of(known.b) == std::vector{known.b},
        boost::test_tools::per_element()
    );
    BOOST_TEST(known.tree.alias_count() == 0);
}

BOOST_AUTO_TEST_CASE(a_hidden_directory_stays_as_long_as_something_leads_through_it) {
    Tree known;
    const DirectoryId data = known.tree.add_real(root_directory, "..data", false);
    const DirectoryId below = known.tree.add_real(data, "below", false);
    known.watches.set(data, 5);
    known.tree.pin(below);

    BOOST_TEST(known.tree.names_of(data).empty());
    BOOST_TEST(known.tree.child(root_directory, "..data") == data);
    known.tree.unpin(below);
    BOOST_TEST(known.tree.child(root_directory, "..data") == no_directory);
    BOOST_TEST((known.watches.take_retired() == 5));
    BOOST_TEST(known.tree.size() == 1);
}

BOOST_AUTO_TEST_CASE(what_an_alias_leads_to_outlives_its_removal_as_dead) {
    ThreeDeep known;
    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);

    known.tree.remove_real(known.b);

    BOOST_TEST(known.tree.is_dead(known.tree.real(alias)));
    known.tree.remove_alias(alias);
    BOOST_TEST(known.tree.size() == 2);
}

BOOST_AUTO_TEST_CASE(hiding_keeps_what_is_pinned_and_forgets_the_rest) {
    ThreeDeep known;
    known.tree.pin(known.b);

    known.tree.hide(known.a);

    BOOST_TEST(!known.tree.is_shown(known.a));
    BOOST_TEST(!known.tree.is_shown(known.b));
    BOOST_TEST(known.tree.child(known.b, "c") == no_directory);
    known.tree.unpin(known.b);
    BOOST_TEST(known.tree.size() == 1);
}

BOOST_AUTO_TEST_CASE(an_alias_is_added_once) {
    ThreeDeep known;
    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);

    BOOST_TEST(known.tree.add_alias(root_directory, "current", known.b) == alias);

    BOOST_TEST(known.tree.alias_count() == 1U);
    BOOST_TEST(known.tree.children(root_directory).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_another_directory_is_refused_and_stays_what_it_is) {
    ThreeDeep known;
    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);

    BOOST_CHECK_THROW(known.tree.add_alias(root_directory, "a", known.b), std::logic_error);
    BOOST_CHECK_THROW(known.tree.add_alias(root_directory, "current", known.c), std::logic_error);
    BOOST_CHECK_THROW(known.tree.add_real(root_directory, "current", true), std::logic_error);

    BOOST_TEST(known.tree.child(root_directory, "a") == known.a);
    BOOST_TEST(known.tree.child(root_directory, "current") == alias);
    BOOST_TEST(known.tree.real(alias) == known.b);
    BOOST_TEST(known.tree.children(root_directory).size() == 2U);
    BOOST_TEST(known.tree.alias_count() == 1U);
}

BOOST_AUTO_TEST_CASE(files_are_counted_where_they_are_served_through_links) {
    ThreeDeep known;
    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);

    known.tree.set_listed_files(known.b, 5);
    BOOST_TEST(known.tree.alias_file_count() == 0U);
    known.tree.set_listed_files(alias, 5);
    known.tree.set_listed_files(alias, 3);
    BOOST_TEST(known.tree.alias_file_count() == 3U);
    known.tree.remove_alias(alias);
    BOOST_TEST(known.tree.alias_file_count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_ends_leaves_nothing_to_the_next_of_its_number) {
    ThreeDeep known;
    known.tree.mark_listed(known.c, 9);
    known.tree.set_listed_files(known.c, ScanQueue::large_files_min);
    known.scans.add(known.c, true);
    known.watches.trust(known.c);
    known.health.set_device(known.c, 3);
    known.health.set_error(known.c, EIO);
    known.health.set_unwatched(known.c, true);
    const auto generation = known.tree.generation(known.c);

    known.tree.remove_real(known.c);
    const DirectoryId again = known.tree.add_real(known.a, "again", true);

    BOOST_TEST(again == known.c);
    BOOST_TEST(known.tree.generation(again) != generation);
    BOOST_TEST(!known.tree.was_listed(again, 9));
    BOOST_TEST(known.scans.empty());
    BOOST_TEST(!known.watches.is_trusted(again));
    BOOST_TEST(!known.health.has_trouble());
    BOOST_TEST(known.health.lost().empty());
    BOOST_TEST(known.health.device(again) == 0U);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_served_is_not_due) {
    struct Row {
        const char* what;
        void (*end)(ThreeDeep&, DirectoryId alias);
    };
    const Row rows[] = {
        {"removed",
         [](ThreeDeep& known, DirectoryId) {
             known.tree.remove_real(known.b);
         }},
        {"below one that is removed",
         [](ThreeDeep& known, DirectoryId) {
             known.tree.remove_real(known.a);
         }},
        {"hidden, but a link leads there",
         [](ThreeDeep& known, DirectoryId) {
             known.tree.hide(known.b);
         }},
    };
    for (const Row& row : rows) {
        ThreeDeep known;
        const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);
        known.scans.add(known.b, true);
        known.scans.add(alias, true);

        row.end(known, alias);

        BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(!known.scans.contains(known.b));
            BOOST_TEST(known.scans.take()->id == alias);
            BOOST_TEST(known.scans.empty());
        }
    }
    ThreeDeep known;
    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.b);
    known.scans.add(alias, true);
    known.tree.remove_alias(alias);
    BOOST_TEST(known.scans.empty());
}

BOOST_AUTO_TEST_CASE(a_directory_that_a_link_is_in_is_named_when_it_loses_its_last_name) {
    ThreeDeep known;
    known.tree.pin(known.c);
    const DirectoryId alias = known.tree.add_alias(root_directory, "current", known.c);

    known.tree.hide(known.c);
    BOOST_TEST(known.tree.take_unnamed().empty());
    known.tree.remove_alias(alias);

    BOOST_TEST(known.tree.take_unnamed() == std::vector{known.c}, boost::test_tools::per_element());
    BOOST_TEST(known.tree.take_unnamed().empty());
}

BOOST_AUTO_TEST_SUITE_END()
