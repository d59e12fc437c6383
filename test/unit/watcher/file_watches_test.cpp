#include "watcher/file_watches.hpp"

#include <boost/test/unit_test.hpp>

using namespace treecast::watcher;

BOOST_AUTO_TEST_SUITE(file_watches)

BOOST_AUTO_TEST_CASE(names_of_one_file_share_its_watch_until_the_last_goes) {
    FileWatches watches;
    BOOST_TEST(!watches.set("a", 1));
    BOOST_TEST(!watches.set("b", 1));
    BOOST_TEST(!watches.set("a", 1));

    BOOST_TEST_REQUIRE((watches.paths_of(1) != nullptr));
    BOOST_TEST(watches.paths_of(1)->size() == 2);
    BOOST_TEST(!watches.erase("a"));
    BOOST_TEST((watches.erase("b") == 1));
    BOOST_TEST((watches.paths_of(1) == nullptr));
    BOOST_TEST(!watches.erase("b"));
}

BOOST_AUTO_TEST_CASE(a_replaced_file_gives_back_the_watch_of_the_old) {
    FileWatches watches;
    watches.set("a", 1);

    BOOST_TEST((watches.set("a", 2) == 1));

    BOOST_TEST((watches.paths_of(1) == nullptr));
    BOOST_TEST(watches.paths_of(2)->front() == "a");
}

BOOST_AUTO_TEST_CASE(a_watch_that_ended_is_forgotten_with_its_paths) {
    FileWatches watches;
    watches.set("a", 1);
    watches.set("b", 1);

    watches.forget(1);

    BOOST_TEST(watches.count() == 0);
    BOOST_TEST(!watches.erase("a"));
}

BOOST_AUTO_TEST_SUITE_END()
