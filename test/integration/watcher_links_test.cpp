// Links: what they lead to is served under their path, and every change on the way is told.
#include "test/integration/watcher_mirror.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;

BOOST_AUTO_TEST_SUITE(watcher_links)

namespace {

struct Tree {
    Tree() { fs::create_directories(root); }

    void start(watcher::WatcherOptions options = {}) {
        mirror = std::make_unique<WatcherMirror>(root, std::move(options));
        settle();
        (void)mirror->take_changes();
        (void)mirror->take_gone();
    }
    void settle() {
        mirror->settle();
        const std::string wrong = differences(walk_tree(root), mirror->files());
        BOOST_TEST(wrong.empty(), wrong);
    }
    void write(const std::string& path, std::string_view content = "content") const {
        fs::create_directories(at(path).parent_path());
        std::ofstream(at(path)) << content;
    }
    void link(const std::string& path, const std::string& target) const {
        fs::create_directories(at(path).parent_path());
        fs::create_symlink(target, at(path));
    }
    /// Swaps a link as release tools do: made beside, renamed over.
    void swap(const std::string& path, const std::string& target) const {
        fs::create_symlink(target, directory / "made");
        fs::rename(directory / "made", at(path));
    }
    fs::path at(const std::string& path) const { return fs::path(root) / path; }
    watcher::Watcher& watcher() const { return mirror->watcher(); }

    const TemporaryDirectory directory;
    const std::string root = directory / "root";
    std::unique_ptr<WatcherMirror> mirror;
};

}  // namespace

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
