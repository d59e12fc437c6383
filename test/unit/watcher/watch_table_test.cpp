#include "watcher/watch_table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(watch_table)

namespace {

struct Tree : WatchTable {
    DirectoryId a = add_real(root_directory, "a", true);
    DirectoryId b = add_real(a, "b", true);
    DirectoryId c = add_real(b, "c", true);
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_is_found_by_name_and_has_its_path) {
    const Tree tree;

    BOOST_TEST(tree.path(root_directory).empty());
    BOOST_TEST(tree.path(tree.c) == "a/b/c");
    BOOST_TEST(tree.child(tree.b, "c") == tree.c);
    BOOST_TEST(tree.child(tree.a, "c") == no_directory);
}

BOOST_AUTO_TEST_CASE(a_watch_has_all_directories_that_were_given_it) {
    Tree tree;

    tree.set_watch(tree.a, 1);
    tree.set_watch(tree.c, 1);

    auto all = tree.directories_of(1);
    std::sort(all.begin(), all.end());
    BOOST_TEST(all == (std::vector{tree.a, tree.c}), boost::test_tools::per_element());
    tree.set_watch(tree.a, no_watch);
    BOOST_TEST(tree.directories_of(1) == std::vector{tree.c}, boost::test_tools::per_element());
    BOOST_TEST(!tree.take_retired());
}

BOOST_AUTO_TEST_CASE(the_watch_of_a_removed_subtree_belongs_to_nobody_and_is_retired) {
    Tree tree;
    tree.set_watch(tree.b, 7);
    tree.set_watch(tree.c, 8);

    tree.remove_real(tree.b);

    BOOST_TEST(tree.directories_of(7).empty());
    BOOST_TEST(tree.directories_of(8).empty());
    BOOST_TEST(tree.child(tree.a, "b") == no_directory);
    std::vector<WatchDescriptor> retired;
    while (const auto watch = tree.take_retired())
        retired.push_back(*watch);
    std::sort(retired.begin(), retired.end());
    BOOST_TEST(retired == (std::vector{7, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_directory_found_at_its_new_place_keeps_its_watch) {
    Tree tree;
    tree.set_watch(tree.b, 7);
    tree.remove_real(tree.b);

    const DirectoryId moved = tree.add_real(root_directory, "moved", true);
    tree.set_watch(moved, 7);

    BOOST_TEST(!tree.take_retired());
    BOOST_TEST(tree.directories_of(7) == std::vector{moved}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_alias_is_a_name_of_what_it_leads_to) {
    Tree tree;

    const DirectoryId alias = tree.add_alias(root_directory, "current", tree.b);

    BOOST_TEST(
        tree.names_of(tree.b) == (std::vector{tree.b, alias}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(tree.path(alias) == "current");
    BOOST_TEST(tree.real(alias) == tree.b);
    BOOST_TEST(tree.leads_through(alias, tree.b));
    BOOST_TEST(!tree.leads_through(alias, tree.a));
    tree.remove_alias(alias);
    BOOST_TEST(tree.names_of(tree.b) == std::vector{tree.b}, boost::test_tools::per_element());
    BOOST_TEST(tree.alias_count() == 0);
}

BOOST_AUTO_TEST_CASE(a_hidden_directory_stays_as_long_as_something_leads_through_it) {
    WatchTable table;
    const DirectoryId data = table.add_real(root_directory, "..data", false);
    const DirectoryId below = table.add_real(data, "below", false);
    table.set_watch(data, 5);
    table.pin(below);

    BOOST_TEST(table.names_of(data).empty());
    BOOST_TEST(table.child(root_directory, "..data") == data);
    table.unpin(below);
    BOOST_TEST(table.child(root_directory, "..data") == no_directory);
    BOOST_TEST((table.take_retired() == 5));
    BOOST_TEST(table.size() == 1);
}

BOOST_AUTO_TEST_CASE(what_an_alias_leads_to_outlives_its_removal_as_dead) {
    Tree tree;
    const DirectoryId alias = tree.add_alias(root_directory, "current", tree.b);

    tree.remove_real(tree.b);

    BOOST_TEST(tree.is_dead(tree.real(alias)));
    tree.remove_alias(alias);
    BOOST_TEST(tree.size() == 2);
}

BOOST_AUTO_TEST_CASE(hiding_keeps_what_is_pinned_and_forgets_the_rest) {
    Tree tree;
    tree.pin(tree.b);

    tree.hide(tree.a);

    BOOST_TEST(!tree.is_shown(tree.a));
    BOOST_TEST(!tree.is_shown(tree.b));
    BOOST_TEST(tree.child(tree.b, "c") == no_directory);
    tree.unpin(tree.b);
    BOOST_TEST(tree.size() == 1);
}

BOOST_AUTO_TEST_CASE(each_directory_is_due_once_in_the_order_it_was_queued) {
    Tree tree;
    tree.queue(tree.b, false);
    tree.queue(tree.a, false);
    tree.queue(tree.b, true);

    const auto first = tree.take_due();
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST(first->id == tree.b);
    BOOST_TEST(first->deep);
    const auto second = tree.take_due();
    BOOST_TEST_REQUIRE(second.has_value());
    BOOST_TEST(second->id == tree.a);
    BOOST_TEST(!second->deep);
    BOOST_TEST(!tree.has_due());
    BOOST_TEST(!tree.take_due());
}

BOOST_AUTO_TEST_CASE(a_directory_of_very_many_files_is_due_after_all_others) {
    WatchTable tree;
    const auto large = tree.add_real(root_directory, "large", true);
    const auto small = tree.add_real(root_directory, "small", true);
    tree.set_listed_files(large, WatchTable::large_files_min);
    tree.set_listed_files(small, WatchTable::large_files_min - 1);

    tree.queue(large, true);
    tree.queue(small, true);

    BOOST_TEST(tree.has_due());
    BOOST_TEST(tree.take_due()->id == small);
    BOOST_TEST(tree.has_due());
    BOOST_TEST(tree.take_due()->id == large);
    BOOST_TEST(!tree.has_due());
}

BOOST_AUTO_TEST_CASE(a_removed_directory_is_not_due_even_if_its_id_is_in_use_again) {
    Tree tree;
    tree.queue(tree.c, true);
    const auto life = tree.life(tree.c);
    tree.remove_real(tree.c);

    const DirectoryId again = tree.add_real(tree.a, "again", true);

    BOOST_TEST(again == tree.c);
    BOOST_TEST(tree.life(again) != life);
    BOOST_TEST(!tree.has_due());
    tree.queue(again, false);
    const auto due = tree.take_due();
    BOOST_TEST_REQUIRE(due.has_value());
    BOOST_TEST(!due->deep);
    BOOST_TEST(!tree.take_due());
}

BOOST_AUTO_TEST_CASE(troubles_are_counted_and_end_with_their_directory) {
    Tree tree;
    tree.set_device(tree.b, 3);
    tree.set_error(tree.b, 5);
    tree.set_error(tree.c, EACCES);
    tree.set_unwatched(tree.c, true);

    BOOST_TEST(tree.lost_count() == 1);  // c has never been read, and is not to be
    BOOST_TEST(tree.is_lost(tree.b));
    BOOST_TEST(!tree.is_lost(tree.c));
    tree.set_error(tree.c, EMFILE);  // nobody knows what is in it
    BOOST_TEST(tree.lost_count() == 2);
    tree.set_error(tree.c, EACCES);
    BOOST_TEST(tree.unwatched_count() == 1);
    BOOST_TEST(tree.troubled().size() == 2);
    tree.remove_real(tree.b);
    BOOST_TEST(tree.lost_count() == 0);
    BOOST_TEST(tree.unwatched_count() == 0);
    BOOST_TEST(!tree.has_trouble());
}

BOOST_AUTO_TEST_SUITE_END()
