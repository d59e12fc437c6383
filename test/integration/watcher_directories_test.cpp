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

BOOST_AUTO_TEST_CASE(a_file_in_directories_made_in_one_breath_is_not_lost) {
    Tree tree;
    tree.start();

    tree.write("a/b/c/file");
    tree.settle();

    BOOST_TEST(tree.mirror->has("a/b/c/file"));
}

BOOST_AUTO_TEST_CASE(a_file_made_in_a_new_directory_between_event_and_scan_is_not_lost) {
    Tree tree;
    tree.start();

    fs::create_directory(tree.at("a"));
    tree.mirror->read_once();
    tree.write("a/before");
    tree.mirror->scan_once();
    tree.write("a/after");
    tree.settle();

    BOOST_TEST(tree.mirror->has("a/before"));
    BOOST_TEST(tree.mirror->has("a/after"));
}

BOOST_AUTO_TEST_CASE(each_kind_of_save_has_its_signs) {
    Tree tree;
    tree.write("file");
    tree.start();

    tree.write("file", "in place");
    tree.mirror->settle();
    BOOST_TEST((tree.mirror->signs_of("file") == Signs{.modified = true, .closed = true}));

    (void)tree.mirror->take_changes();
    std::ofstream(fs::path(tree.outside) / "new") << "by rename";
    fs::rename(fs::path(tree.outside) / "new", tree.at("file"));
    tree.mirror->settle();
    BOOST_TEST((tree.mirror->signs_of("file") == Signs{.arrived = true}));

    (void)tree.mirror->take_changes();
    fs::permissions(tree.at("file"), fs::perms(0600));
    tree.mirror->settle();
    BOOST_TEST((tree.mirror->signs_of("file") == Signs{.attributes = true}));

    (void)tree.mirror->take_changes();
    fs::remove(tree.at("file"));
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->signs_of("file").gone);

    (void)tree.mirror->take_changes();
    const int temporary = ::open(tree.root.c_str(), O_TMPFILE | O_WRONLY, 0644);
    BOOST_TEST_REQUIRE(temporary >= 0);
    const std::string by_descriptor = "/proc/self/fd/" + std::to_string(temporary);
    BOOST_TEST(
        ::linkat(
            AT_FDCWD,
            by_descriptor.c_str(),
            AT_FDCWD,
            tree.at("file").c_str(),
            AT_SYMLINK_FOLLOW
        ) == 0
    );
    ::close(temporary);
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->signs_of("file").created);
    tree.check();
}

BOOST_AUTO_TEST_CASE(a_populated_directory_is_followed_in_out_and_within) {
    Tree tree;
    tree.write("a/b/file");
    tree.start();

    fs::rename(tree.at("a"), tree.at("c"));
    tree.write("c/b/more");
    tree.settle();
    BOOST_TEST(
        tree.mirror->take_gone() == std::vector<std::string>{"a"},
        boost::test_tools::per_element()
    );
    BOOST_TEST(tree.mirror->has("c/b/more"));

    fs::rename(tree.at("c/b"), fs::path(tree.outside) / "b");
    tree.settle();
    BOOST_TEST(tree.mirror->files().empty());

    (void)tree.mirror->take_changes();
    std::ofstream(fs::path(tree.outside) / "b" / "file") << "unseen";
    tree.settle();
    BOOST_TEST(tree.mirror->take_changes().empty());

    fs::rename(fs::path(tree.outside) / "b", tree.at("back"));
    tree.settle();
    BOOST_TEST(tree.mirror->has("back/more"));
}

BOOST_AUTO_TEST_CASE(a_directory_renamed_between_event_and_scan_is_found_at_its_new_name) {
    Tree tree;
    tree.start();

    tree.write("a/b/file");
    tree.mirror->read_once();
    fs::rename(tree.at("a"), tree.at("z"));
    tree.mirror->scan_once();
    tree.write("z/b/second");
    tree.settle();

    BOOST_TEST(tree.mirror->has("z/b/file"));
    BOOST_TEST(tree.mirror->has("z/b/second"));
    BOOST_TEST(!tree.mirror->has("a/b/file"));
}

BOOST_AUTO_TEST_CASE(a_directory_deleted_and_made_again_at_once_is_watched_anew) {
    Tree tree;
    tree.write("a/file");
    tree.start();

    for (int i = 0; i < 3; ++i) {
        fs::remove_all(tree.at("a"));
        tree.write("a/file" + std::to_string(i));
    }
    tree.settle();
    tree.write("a/last");
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 2);
}

BOOST_AUTO_TEST_CASE(exchanged_directories_are_both_known) {
    Tree tree;
    tree.write("a/one");
    tree.write("b/two");
    tree.start();

    BOOST_TEST(
        ::renameat2(
            AT_FDCWD,
            tree.at("a").c_str(),
            AT_FDCWD,
            tree.at("b").c_str(),
            RENAME_EXCHANGE
        ) == 0
    );
    tree.settle();
    tree.write("a/three");
    tree.write("b/four");
    tree.settle();

    BOOST_TEST(tree.mirror->files().size() == 4);
}

BOOST_AUTO_TEST_CASE(a_directory_replaced_by_a_file_and_back) {
    Tree tree;
    tree.write("a/file");
    tree.start();

    fs::remove_all(tree.at("a"));
    tree.write("a");
    tree.settle();
    BOOST_TEST(tree.mirror->has("a"));
    fs::remove(tree.at("a"));
    tree.write("a/file");
    tree.settle();
    BOOST_TEST(tree.mirror->has("a/file"));
}

BOOST_AUTO_TEST_CASE(a_hundred_levels_and_a_path_as_long_as_it_may_be) {
    Tree tree;
    std::string deep = "d";
    for (int i = 1; i < 100; ++i)
        deep += "/d";
    tree.start();

    tree.write(deep + "/file");
    tree.settle();
    BOOST_TEST(tree.mirror->has(deep + "/file"));

    // Longer paths can be made, from within; they are left out and counted.
    std::string path;
    int at = ::open(tree.root.c_str(), O_PATH);
    const std::string name(250, 'n');
    for (int i = 0; i < 17; ++i) {
        BOOST_TEST_REQUIRE(::mkdirat(at, name.c_str(), 0755) == 0);
        const int below = ::openat(at, name.c_str(), O_PATH);
        ::close(at);
        at = below;
        path = join(path, name);
    }
    ::close(::openat(at, "file", O_CREAT | O_WRONLY, 0644));
    ::close(at);
    tree.mirror->settle();
    BOOST_TEST(tree.mirror->watcher().health().skipped_names == 1);
    BOOST_TEST(tree.mirror->files().size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
