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

BOOST_AUTO_TEST_CASE(names_may_be_anything_that_is_utf8) {
    Tree tree;
    tree.start();

    tree.write("with blank");
    tree.write("with\nnewline");
    tree.write("100%41");
    tree.write("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
    tree.write(std::string(255, 'x'));
    tree.write("bad\xFF name");
    tree.write("bad\xFF dir/file");
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 5);
    BOOST_TEST(tree.mirror->watcher().health().skipped_names == 2);
    tree.mirror->watcher().rescan();
    tree.settle();
    BOOST_TEST(tree.mirror->watcher().health().skipped_names == 2);
}

BOOST_AUTO_TEST_CASE(files_that_are_no_regular_files_are_left_out) {
    Tree tree;
    BOOST_TEST(::mkfifo(tree.at("fifo").c_str(), 0644) == 0);
    tree.write("file");
    tree.start();
    BOOST_TEST(::mkfifo(tree.at("second").c_str(), 0644) == 0);
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_write_through_a_name_outside_the_tree_is_told_once_the_file_is_watched) {
    Tree tree;
    tree.write("file");
    fs::create_hard_link(tree.at("file"), fs::path(tree.outside) / "name");
    tree.start();

    std::ofstream(fs::path(tree.outside) / "name") << "through the other name";
    tree.settle();

    BOOST_TEST(tree.mirror->signs_of("file").closed);
    tree.mirror->watcher().unwatch_file("file");
    (void)tree.mirror->take_changes();
    std::ofstream(fs::path(tree.outside) / "name") << "unwatched";
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->take_changes().empty());
}

BOOST_AUTO_TEST_CASE(rules_are_picked_up_when_they_are_edited) {
    Tree tree;
    tree.write("a/keep.txt");
    tree.write("a/x.log");
    tree.write("b/sub/x.log");
    tree.write("b/build/out");
    tree.start();
    BOOST_TEST(tree.mirror->files().size() == 4);

    tree.write("b/.treecastignore", "*.log\nbuild/\n");
    tree.mirror->settle();
    BOOST_TEST(!tree.mirror->has("b/sub/x.log"));
    BOOST_TEST(!tree.mirror->has("b/build/out"));
    BOOST_TEST(tree.mirror->has("a/x.log"));
    BOOST_TEST(!tree.mirror->watcher().visible("b/new.log"));

    (void)tree.mirror->take_changes();
    tree.write("b/build/more");
    tree.write("b/other.log");
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->take_changes().empty());

    tree.write("b/.treecastignore", "build/\n");
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->has("b/other.log"));
    BOOST_TEST(!tree.mirror->has("b/build/more"));

    fs::remove(tree.at("b/.treecastignore"));
    tree.settle();
    BOOST_TEST(tree.mirror->has("b/build/more"));
}

BOOST_AUTO_TEST_CASE(rules_go_and_come_with_their_directory) {
    Tree tree;
    tree.write("a/.treecastignore", "x\n");
    tree.write("a/x");
    tree.write("a/y");
    tree.mirror = std::make_unique<WatcherMirror>(tree.root);
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->files().size() == 1);

    fs::rename(tree.at("a"), tree.at("b"));
    fs::create_directory(tree.at("a"));
    tree.write("a/x");
    tree.mirror->settle();

    BOOST_TEST(tree.mirror->has("a/x"));
    BOOST_TEST(!tree.mirror->has("b/x"));
    BOOST_TEST(tree.mirror->has("b/y"));
}

BOOST_AUTO_TEST_SUITE_END()
