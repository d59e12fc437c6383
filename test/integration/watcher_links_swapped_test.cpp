#include "test/integration/watcher_links_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;

BOOST_AUTO_TEST_SUITE(watcher_links)

using namespace treecast::test::watcher_links_cases;

BOOST_AUTO_TEST_CASE(the_kubernetes_layout_is_swapped_by_one_rename) {
    Tree tree;
    tree.write("..2026_1/config", "one");
    tree.write("..2026_2/config", "two");
    tree.link("..data", "..2026_1");
    tree.link("config", "..data/config");
    tree.start();
    BOOST_TEST(tree.mirror->files().size() == 1);

    tree.swap("..data", "..2026_2");
    tree.settle();
    BOOST_TEST(tree.mirror->signs_of("config").created);

    fs::remove_all(tree.at("..2026_1"));
    tree.write("..2026_2/config", "in place");
    (void)tree.mirror->take_changes();
    tree.settle();
    BOOST_TEST(tree.mirror->signs_of("config").closed);
    // Root and ..2026_2.
    BOOST_TEST(tree.watcher().health().watches == 2);
}

BOOST_AUTO_TEST_CASE(a_swapped_release_directory_is_read_as_a_whole) {
    Tree tree;
    tree.write("releases/1/a/file");
    tree.write("releases/1/only_in_1");
    tree.write("releases/2/a/file", "two");
    tree.link("current", "releases/1");
    tree.start();
    BOOST_TEST(tree.mirror->has("current/a/file"));

    tree.swap("current", "releases/2");
    tree.settle();
    BOOST_TEST(
        tree.mirror->take_gone() == std::vector<std::string>{"current"},
        boost::test_tools::per_element()
    );
    BOOST_TEST(!tree.mirror->has("current/only_in_1"));

    tree.write("releases/2/a/new/file");
    tree.settle();
    BOOST_TEST(tree.mirror->has("current/a/new/file"));
    fs::remove_all(tree.at("releases/2/a"));
    tree.settle();
    BOOST_TEST(!tree.mirror->has("current/a/new/file"));
}

BOOST_AUTO_TEST_CASE(a_dangling_link_is_served_once_its_target_comes) {
    Tree tree;
    tree.link("file", "a/b/file");
    tree.link("dir", "a/dir");
    tree.start();
    BOOST_TEST(tree.mirror->files().empty());

    tree.write("a/b/file");
    tree.settle();
    BOOST_TEST(tree.mirror->has("file"));

    tree.write("a/dir/below/file");
    tree.settle();
    BOOST_TEST(tree.mirror->has("dir/below/file"));

    fs::rename(tree.at("a"), tree.at("z"));
    tree.settle();
    BOOST_TEST(!tree.mirror->has("file"));
    fs::rename(tree.at("z"), tree.at("a"));
    tree.settle();
    BOOST_TEST(tree.mirror->has("dir/below/file"));
}

BOOST_AUTO_TEST_SUITE_END()
