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

BOOST_AUTO_TEST_CASE(a_file_behind_a_link_is_told_under_both_paths) {
    Tree tree;
    tree.write("dir/file");
    tree.link("relative", "dir/file");
    tree.link("absolute", (tree.at("dir/file")).string());
    tree.link("chain", "relative");
    tree.start();
    BOOST_TEST(tree.mirror->files().size() == 4);

    tree.write("dir/file", "changed in place");
    tree.settle();

    for (const char* path : {"dir/file", "relative", "absolute", "chain"})
        BOOST_TEST(tree.mirror->signs_of(path).closed, path);
}

BOOST_AUTO_TEST_CASE(a_hidden_link_concerns_only_those_that_lead_through_it) {
    Tree tree;
    tree.write("1/file", "first");
    tree.write("2/file", "second");
    tree.link(".current", "1");
    tree.link("file", ".current/file");
    tree.start();

    tree.link(".outside", "/etc");
    tree.swap(".current", "2");
    tree.settle();

    BOOST_TEST(tree.mirror->signs_of("file").created);
    BOOST_TEST(tree.watcher().health().refused_links == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_served_under_its_own_name_is_watched_behind_a_link) {
    Tree tree;
    tree.write("no UTF-8 \xFF");
    tree.write(".hidden");
    tree.write("neither \xFF/is/this");
    tree.link("a", "no UTF-8 \xFF");
    tree.link("b", ".hidden");
    tree.link("c", "neither \xFF/is");
    tree.link("d", "to come \xFF");
    tree.start();
    BOOST_TEST(tree.mirror->files().size() == 3);

    for (const char* path : {"no UTF-8 \xFF", ".hidden", "neither \xFF/is/this", "to come \xFF"})
        tree.write(path, "written");
    tree.settle();
    for (const char* path : {"a", "b", "c/this"})
        BOOST_TEST(tree.mirror->signs_of(path).closed, path);

    fs::rename(tree.at("neither \xFF"), tree.at("moved \xFF"));
    fs::remove(tree.at("no UTF-8 \xFF"));
    tree.settle();
    BOOST_TEST(tree.mirror->files().size() == 2);
}

BOOST_AUTO_TEST_CASE(a_listing_finds_a_dangling_link_before_the_event_does) {
    Tree tree;
    tree.write("file");
    tree.link("dir/link", "../file");
    tree.link("alias", "dir");
    tree.start();
    BOOST_TEST(tree.mirror->has("alias/link"));

    fs::remove(tree.at("file"));
    tree.write("another");
    tree.watcher().rescan_directory("dir");
    tree.mirror->scan_once();
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 1);
}

// It comes after the link was followed, and before what was below its path is looked at.
BOOST_AUTO_TEST_CASE(what_a_link_leads_to_comes_and_goes_between_two_readings) {
    Tree tree;
    tree.write("a/file");
    tree.write("another/file");
    tree.start();

    bool drained = false;
    fs::rename(tree.at("a"), tree.at("b"));
    tree.link("a", "c");
    const auto batch = tree.watcher().read(drained);
    fs::rename(tree.at("another"), tree.at("c"));
    tree.mirror->apply(batch);
    fs::rename(tree.at("c"), tree.at("another"));
    tree.settle();

    BOOST_TEST(!tree.mirror->has("a/file"));
}

BOOST_AUTO_TEST_CASE(a_file_behind_a_link_comes_and_goes_between_two_readings) {
    Tree tree;
    tree.write("another");
    tree.write("c");
    tree.start();

    bool drained = false;
    fs::remove(tree.at("c"));
    tree.link("c", "a");
    const auto batch = tree.watcher().read(drained);
    fs::rename(tree.at("another"), tree.at("a"));
    tree.mirror->apply(batch);
    BOOST_TEST(tree.mirror->has("c"));
    fs::rename(tree.at("a"), tree.at("another"));
    tree.settle();

    BOOST_TEST(!tree.mirror->has("c"));
}

BOOST_AUTO_TEST_CASE(a_directory_comes_and_goes_between_two_readings) {
    Tree tree;
    tree.write("a/file");
    tree.write("another/file");
    tree.start();

    bool drained = false;
    fs::rename(tree.at("a"), tree.at("b"));
    const auto batch = tree.watcher().read(drained);
    fs::rename(tree.at("another"), tree.at("a"));
    tree.mirror->apply(batch);
    fs::rename(tree.at("a"), tree.at("another"));
    tree.settle();

    BOOST_TEST(!tree.mirror->has("a/file"));
}

BOOST_AUTO_TEST_SUITE_END()
