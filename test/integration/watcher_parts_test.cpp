// What changes in a directory while it is being read in parts: what its names lead to is known as a
// walk finds it. watcher_random found each of these.
#include "test/integration/watcher_mirror.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::test;

BOOST_AUTO_TEST_SUITE(watcher_parts)

namespace {

constexpr int entries = 20;  // five parts

/// A directory `d` of as many entries, whose reading has got to somewhere among them.
struct Parts {
    explicit Parts(const std::function<void(const fs::path&)>& make_entry) {
        fs::create_directories(root / "a");
        fs::create_directories(root / "d");
        write("a/f");
        for (int i = 0; i < entries; ++i)
            make_entry(entry(i));
        mirror.settle();
        mirror.watcher().rescan_directory("d");
        for (int i = 0; i < 3; ++i)
            mirror.scan_once();
        BOOST_TEST_REQUIRE((mirror.watcher().reading() == "d"));
    }

    fs::path entry(int number) const { return root / "d" / std::to_string(number); }
    void write(const std::string& path) const { std::ofstream(root / path) << "content"; }
    void check() {
        mirror.read_once();
        mirror.settle();
        const std::string wrong = differences(walk_tree(root), mirror.files());
        BOOST_TEST(wrong.empty(), wrong);
        // What is known is followed: an event in it is not missed.
        write("a/later");
        mirror.settle();
        const std::string later = differences(walk_tree(root), mirror.files());
        BOOST_TEST(later.empty(), later);
    }

    TemporaryDirectory directory;
    fs::path root{directory / "root"};
    WatcherMirror mirror{
        (fs::create_directories(root), root.string()),
        watcher::WatcherOptions{.entries_at_once = 4}};
};

void make_file(const fs::path& path) {
    std::ofstream(path) << "content";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_link_that_comes_is_not_dropped_at_the_end) {
    Parts parts(make_file);

    fs::create_directory_symlink("../a", parts.root / "d" / "link");

    parts.check();
}

BOOST_AUTO_TEST_CASE(links_that_lead_to_another_directory_since_are_not_dropped_at_the_end) {
    Parts parts([](const fs::path& path) {
        fs::create_directory_symlink("../a", path);
    });

    fs::remove_all(parts.root / "a");
    fs::create_directory(parts.root / "a");
    parts.write("a/f");

    parts.check();
}

BOOST_AUTO_TEST_CASE(links_that_took_the_names_of_directories_are_not_taken_for_these) {
    Parts parts([](const fs::path& path) {
        fs::create_directory(path);
    });

    for (int i = 0; i < entries; ++i) {
        fs::remove(parts.entry(i));
        fs::create_directory_symlink("../a", parts.entry(i));
    }

    parts.check();
}

BOOST_AUTO_TEST_CASE(directories_that_took_the_names_of_links_are_not_taken_for_these) {
    Parts parts([](const fs::path& path) {
        fs::create_directory_symlink("../a", path);
    });

    for (int i = 0; i < entries; ++i) {
        fs::remove(parts.entry(i));
        fs::create_directory(parts.entry(i));
        make_file(parts.entry(i) / "f");
    }

    parts.check();
}

BOOST_AUTO_TEST_SUITE_END()
