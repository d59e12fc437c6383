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

BOOST_AUTO_TEST_CASE(links_that_lead_back_are_not_entered) {
    Tree tree;
    tree.write("a/file");
    tree.link("a/self", "../a");
    tree.link("a/root", "..");
    tree.link("b/to_a", "../a");
    tree.link("a/to_b", "../b");
    tree.link("circle", "circle");

    tree.start();

    BOOST_TEST(tree.mirror->has("b/to_a/file"));
    BOOST_TEST(!tree.mirror->has("a/self/file"));
    BOOST_TEST(tree.watcher().health().refused_links >= 4);
}

// Whoever opens the old path comes through the link, to a file that is served elsewhere.
BOOST_AUTO_TEST_CASE(a_directory_replaced_by_a_link_that_leads_back_is_served_no_more) {
    Tree tree;
    tree.write("a/b/c/file");
    tree.write("a/c/file");
    tree.start();
    BOOST_TEST(tree.watcher().visible("a/b/c/file"));

    fs::rename(tree.at("a/b"), tree.at("kept"));
    tree.link("a/b", "../a");
    tree.settle();

    BOOST_TEST(!tree.watcher().visible("a/b/c/file"));
    BOOST_TEST(tree.watcher().visible("a/c/file"));
    BOOST_TEST(tree.mirror->files().size() == 2);
}

BOOST_AUTO_TEST_CASE(links_out_of_the_root_are_refused_and_counted_once) {
    Tree tree;
    fs::create_directory(tree.directory / "outside");
    std::ofstream(tree.directory / "outside/secret") << "secret";
    tree.link("up", "../outside/secret");
    tree.link("absolute", tree.directory / "outside/secret");
    tree.link("directory", "../outside");
    tree.link("passwd", "/etc/passwd");

    tree.start();
    tree.watcher().rescan();
    tree.settle();

    BOOST_TEST(tree.mirror->files().empty());
    BOOST_TEST(tree.watcher().health().refused_links == 4);
    BOOST_TEST(tree.mirror->root().open_path("up").has_error());
    BOOST_TEST(tree.mirror->root().open_path("directory/secret").has_error());
}

BOOST_AUTO_TEST_CASE(a_link_swapped_to_lead_out_is_served_no_more) {
    Tree tree;
    tree.write("file");
    tree.link("link", "file");
    tree.start();

    tree.swap("link", "/etc/passwd");
    tree.settle();
    BOOST_TEST(!tree.mirror->has("link"));

    tree.swap("link", "file");
    tree.settle();
    BOOST_TEST(tree.mirror->has("link"));
}

BOOST_AUTO_TEST_CASE(diamonds_of_directory_links_are_bounded) {
    Tree tree;
    std::string at = "d0";
    tree.write("d0/file");
    for (int i = 1; i <= 20; ++i) {
        const std::string level = "d" + std::to_string(i);
        tree.link(level + "/left", "../d" + std::to_string(i - 1));
        tree.link(level + "/right", "../d" + std::to_string(i - 1));
    }
    tree.mirror =
        std::make_unique<WatcherMirror>(tree.root, watcher::WatcherOptions{.max_aliases = 1000});

    tree.mirror->settle();

    BOOST_TEST(tree.mirror->has("d0/file"));
    BOOST_TEST(tree.mirror->files().size() < 1100);
    BOOST_TEST(tree.watcher().health().refused_links > 0);
    tree.write("d0/second");
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->has("d0/second"));
}

BOOST_AUTO_TEST_CASE(a_link_replaced_by_a_directory_and_back) {
    Tree tree;
    tree.write("dir/file");
    tree.link("name", "dir");
    tree.start();
    BOOST_TEST(tree.mirror->has("name/file"));

    fs::remove(tree.at("name"));
    tree.write("name/other");
    tree.settle();
    BOOST_TEST(!tree.mirror->has("name/file"));

    fs::remove_all(tree.at("name"));
    tree.link("name", "dir");
    tree.settle();
    BOOST_TEST(tree.mirror->has("name/file"));
}

// The table gives the number of a directory that is gone to the next one it comes upon.
BOOST_AUTO_TEST_CASE(a_link_that_comes_while_a_directory_goes) {
    Tree tree;
    tree.write("kept/sub/file");
    tree.link("kept/name", "sub");
    fs::create_directory(tree.at("gone"));
    tree.start();

    tree.link("link", "kept");
    tree.write("gone/name");
    fs::remove_all(tree.at("gone"));
    tree.settle();
    fs::remove(tree.at("link"));
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 2);
}

BOOST_AUTO_TEST_CASE(ten_thousand_links_through_one_name_are_swapped_at_once) {
    Tree tree;
    for (int i = 0; i < 10'000; ++i)
        tree.link("l" + std::to_string(i), "..data/file");
    tree.write("..1/file", "one");
    tree.write("..2/file", "two");
    tree.link("..data", "..1");
    tree.start();

    tree.swap("..data", "..2");
    tree.settle();

    BOOST_TEST(tree.mirror->take_changes().size() == 10'000);
}

BOOST_AUTO_TEST_SUITE_END()
