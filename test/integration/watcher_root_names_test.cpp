#include "test/integration/watcher_tree_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;
using treecast::watcher::Signs;

BOOST_AUTO_TEST_SUITE(watcher_tree)

using namespace treecast::test::watcher_tree_cases;

BOOST_AUTO_TEST_CASE(a_root_that_is_read_before_the_deletion_of_its_last_file_is_not_lost) {
    Tree tree;
    tree.write("file");
    tree.start();

    tree.mirror->watcher().rescan();
    fs::remove(tree.at("file"));
    tree.mirror->scan_once(10);
    BOOST_TEST(tree.mirror->watcher().health().degraded == "");
    tree.settle();

    BOOST_TEST(tree.mirror->watcher().health().degraded == "");
    BOOST_TEST(!tree.mirror->has("file"));
}

BOOST_AUTO_TEST_CASE(a_root_whose_names_all_went_is_empty_and_not_lost) {
    Tree tree;
    tree.write("file");
    tree.start();

    tree.write("new");
    fs::rename(tree.at("new"), tree.at("file"));
    fs::create_directory(tree.at("d"));
    tree.mirror->watcher().rescan();
    tree.mirror->scan_once(10);  // sees the directory before its event
    fs::remove(tree.at("d"));
    fs::remove(tree.at("file"));
    tree.settle();
    tree.mirror->watcher().rescan();
    tree.settle();

    BOOST_TEST(tree.mirror->watcher().health().degraded == "");
}

BOOST_AUTO_TEST_CASE(hidden_names_are_served_when_asked_for) {
    Tree tree({.hidden = true});
    tree.write(".config/.a");
    tree.start();
    tree.write(".config/.b");
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
