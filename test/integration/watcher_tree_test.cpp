// What real programs do to files and directories, and what the watcher says of it.
#include "base/tree_path.hpp"
#include "test/integration/watcher_mirror.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;
using treecast::watcher::Signs;

BOOST_AUTO_TEST_SUITE(watcher_tree)

namespace {

struct Tree {
    explicit Tree(watcher::WatcherOptions options = {}) : options_(std::move(options)) {
        fs::create_directories(root);
        fs::create_directories(outside);
    }

    /// Starts to watch what is there.
    void start() {
        mirror = std::make_unique<WatcherMirror>(root, options_);
        mirror->settle();
        check();
        (void)mirror->take_changes();
        (void)mirror->take_gone();
        (void)mirror->take_listed();
    }
    void settle() {
        mirror->settle();
        check();
    }
    void check() {
        const std::string wrong = differences(walk_tree(root, options_.hidden), mirror->files());
        BOOST_TEST(wrong.empty(), wrong);
    }
    void write(const std::string& path, std::string_view content = "content") const {
        fs::create_directories((fs::path(root) / path).parent_path());
        std::ofstream(fs::path(root) / path) << content;
    }
    fs::path at(const std::string& path) const { return fs::path(root) / path; }

    const TemporaryDirectory directory;
    const std::string root = directory / "root";
    const std::string outside = directory / "outside";
    std::unique_ptr<WatcherMirror> mirror;

private:
    watcher::WatcherOptions options_;
};

}  // namespace

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
