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

namespace {

/// A directory of a hundred files, of which a reading takes several calls.
struct ReadInParts : Tree {
    ReadInParts() : Tree({.entries_at_once = 8}) {
        start();
        for (int i = 0; i < 100; ++i)
            std::ofstream(fs::path(outside) / std::to_string(i)) << i;
        fs::rename(outside, at("big"));
        fs::create_directory(outside);
        mirror->read_once();
        for (int i = 0; i < 6; ++i)
            mirror->scan_once();
        BOOST_TEST_REQUIRE(is_reading("big"));
    }
    bool is_reading(std::string_view path) { return mirror->watcher().reading() == path; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(fifty_thousand_files_in_one_directory_are_one_listing_in_parts) {
    Tree tree;
    fs::create_directory(tree.at("big"));
    for (int i = 0; i < 50'000; ++i)
        ::close(::open((tree.root + "/big/" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0644)
        );
    WatcherMirror mirror(tree.root);

    mirror.scan_once(1);
    int parts = 1;
    auto batch = mirror.watcher().scan(1);
    for (; batch.listings.empty() && parts < 1000; ++parts) {
        BOOST_TEST_REQUIRE((mirror.watcher().reading() == "big"));
        BOOST_TEST_REQUIRE(mirror.watcher().scanning());
        batch = mirror.watcher().scan(1);
    }

    BOOST_TEST(parts > 10);
    BOOST_TEST_REQUIRE(batch.listings.size() == 1);
    BOOST_TEST(batch.listings.front().files.size() == 50'000);
    BOOST_TEST(batch.listings.front().complete);
    BOOST_TEST((mirror.watcher().reading() == std::nullopt));
}

BOOST_AUTO_TEST_CASE(what_comes_and_goes_in_a_directory_that_is_being_read_is_known) {
    ReadInParts tree;
    fs::create_directory(tree.at("big/new"));
    tree.write("big/new/file");
    fs::remove(tree.at("big/1"));
    fs::remove(tree.at("big/99"));
    tree.write("big/2", "longer than it was");
    tree.mirror->read_once();
    (void)tree.mirror->take_gone();
    tree.settle();

    BOOST_TEST(tree.mirror->take_gone().empty());
    BOOST_TEST(tree.mirror->has("big/new/file"));
    tree.write("big/new/later");
    tree.settle();
    BOOST_TEST(tree.mirror->has("big/new/later"));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_moved_while_it_is_read_is_read_where_it_is_then) {
    ReadInParts tree;
    (void)tree.mirror->take_listed();
    fs::rename(tree.at("big"), tree.at("moved"));
    tree.settle();

    BOOST_TEST(!tree.is_reading("big"));
    BOOST_TEST((tree.mirror->take_listed() == std::vector<std::string>{"moved"}));
    BOOST_TEST(tree.mirror->files().size() == 100);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_queued_while_it_is_read_is_read_from_its_beginning) {
    ReadInParts tree;
    tree.write("big/.treecastignore", "1*\n");
    (void)tree.mirror->take_listed();
    tree.mirror->settle();

    BOOST_TEST((tree.mirror->take_listed() == std::vector<std::string>{"big"}));
    BOOST_TEST(!tree.mirror->has("big/1"));
    BOOST_TEST(tree.mirror->has("big/2"));
}

BOOST_AUTO_TEST_CASE(a_root_that_is_read_in_parts_knows_which_names_went) {
    Tree tree({.entries_at_once = 4});
    for (int i = 0; i < 20; ++i)
        tree.write(std::to_string(i));
    tree.mirror =
        std::make_unique<WatcherMirror>(tree.root, watcher::WatcherOptions{.entries_at_once = 4});
    for (int i = 0; i < 5; ++i)
        tree.mirror->scan_once();
    BOOST_TEST_REQUIRE((tree.mirror->watcher().reading() == ""));
    for (int i = 0; i < 20; ++i)
        fs::remove(tree.at(std::to_string(i)));
    tree.settle();

    BOOST_TEST(tree.mirror->files().empty());
    BOOST_TEST(tree.mirror->watcher().health().degraded == "");
}

BOOST_AUTO_TEST_CASE(a_root_that_was_empty_when_it_was_begun_to_be_read_is_not_lost) {
    Tree tree({.entries_at_once = 4});
    tree.start();
    tree.mirror->watcher().rescan();
    tree.mirror->scan_once();
    BOOST_TEST_REQUIRE((tree.mirror->watcher().reading() == ""));
    tree.write("f");
    tree.mirror->read_once();
    tree.settle();

    BOOST_TEST(tree.mirror->files().contains("f"));
    BOOST_TEST(tree.mirror->watcher().health().degraded == "");
}

BOOST_AUTO_TEST_CASE(an_empty_root_is_not_lost_before_it_has_been_read) {
    const TemporaryDirectory directory;
    watcher::TreeRoot root(directory.path());
    watcher::Watcher watcher(root, {});
    watcher.tend(std::chrono::steady_clock::now());

    BOOST_TEST(watcher.health().degraded == "");
    BOOST_TEST(watcher.scanning());
}

BOOST_AUTO_TEST_SUITE_END()
