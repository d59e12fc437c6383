#include "test/integration/watcher_limits_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace fs = std::filesystem;
using namespace treecast;
using namespace std::chrono_literals;
using treecast::test::differences;
using treecast::test::needs;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;
namespace need = treecast::test::need;

BOOST_AUTO_TEST_SUITE(watcher_limits)

using namespace treecast::test::watcher_limits_cases;

BOOST_AUTO_TEST_CASE(a_root_that_is_gone_loses_nothing_and_recovers) {
    const TemporaryDirectory directory;
    const fs::path root = directory / "root";
    write(root / "a/file");
    WatcherMirror mirror(root);
    Timer timer;
    mirror.settle();
    const auto degraded = [&] {
        return mirror.watcher().health().degraded;
    };

    fs::rename(root, directory / "away");
    mirror.settle();
    BOOST_TEST(!degraded().empty());
    BOOST_TEST(mirror.has("a/file"));

    fs::create_directory(root);  // empty
    timer.ring(mirror);
    BOOST_TEST(!degraded().empty());
    BOOST_TEST(mirror.has("a/file"));

    fs::remove(root);
    write(directory / "next/b/file");
    fs::rename(directory / "next", root);
    timer.ring(mirror);
    BOOST_TEST(degraded().empty(), degraded());
    write(root / "b/second");
    mirror.settle();
    const std::string wrong = differences(walk_tree(root), mirror.files());
    BOOST_TEST(wrong.empty(), wrong);
    BOOST_TEST(mirror.files().size() == 2);
}

BOOST_AUTO_TEST_CASE(a_path_that_leads_elsewhere_is_found_before_its_events_are_read) {
    const auto swap = [](const fs::path& link, const char* target) {
        const fs::path made = link.parent_path() / "made";
        fs::create_directory_symlink(target, made);
        fs::rename(made, link);
    };
    struct Row {
        const char* what;
        std::function<void(const fs::path& directory)> act;
    };
    const Row rows[] = {
        {"an ancestor is renamed",
         [](const fs::path& directory) {
             fs::rename(directory / "above", directory / "away");
         }},
        {"the root is renamed",
         [](const fs::path& directory) {
             fs::rename(directory / "1/root", directory / "1/away");
         }},
        {"the directory behind a link is renamed",
         [](const fs::path& directory) {
             fs::rename(directory / "1", directory / "away");
         }},
        {"a link to a link is replaced",
         [&](const fs::path& directory) {
             swap(directory / "above/way", "../2");
         }},
        {"the link behind it is replaced",
         [&](const fs::path& directory) {
             swap(directory / "link", "2");
         }},
        {"a link is removed",
         [](const fs::path& directory) {
             fs::remove(directory / "link");
         }},
    };
    for (const Row& row : rows) {
        BOOST_TEST_CONTEXT(row.what) {
            const TemporaryDirectory directory;
            write(directory / "1/root/file");
            write(directory / "2/root/file");
            fs::create_directory_symlink("1", directory / "link");
            fs::create_directory(directory / "above");
            fs::create_directory_symlink("../link", directory / "above/way");
            WatcherMirror mirror(directory / "above/way/root");
            mirror.settle();
            BOOST_TEST(mirror.watcher().root_is_there());

            row.act(directory.path());

            BOOST_TEST(!mirror.watcher().root_is_there());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_root_link_that_is_swapped_is_read_as_a_whole) {
    const TemporaryDirectory directory;
    write(directory / "1/a/file");
    write(directory / "1/only_in_1");
    write(directory / "2/a/file", "two");
    fs::create_directory_symlink("1", directory / "current");
    WatcherMirror mirror(directory / "current");
    Timer timer;
    mirror.settle();

    fs::create_directory_symlink("2", directory / "made");
    fs::rename(directory / "made", directory / "current");
    timer.ring(mirror);

    const std::string wrong = differences(walk_tree(directory / "2"), mirror.files());
    BOOST_TEST(wrong.empty(), wrong);
    BOOST_TEST(mirror.watcher().health().degraded.empty());
    BOOST_TEST(mirror.root().real_path() == fs::canonical(directory / "2").string());
}

BOOST_AUTO_TEST_CASE(
    a_mount_that_goes_and_comes_back_loses_nothing,
    *needs(need::mounts_as_mapped_root())
) {
    const TemporaryDirectory directory;
    const fs::path root = directory / "root";
    fs::create_directories(root / "mounted");
    write(root / "file");
    std::string wrong;

    run_apart(
        [&]() -> std::string {
            const auto mount = [&] {
                return ::mount("t", (root / "mounted").c_str(), "tmpfs", 0, nullptr) == 0;
            };
            if (!mount())
                return "nothing can be mounted";
            write(root / "mounted/a/file");
            WatcherMirror mirror(root);
            Timer timer;
            mirror.settle();
            if (::umount2((root / "mounted").c_str(), 0) != 0)
                return "it cannot be unmounted: the watcher keeps it busy";
            mirror.settle();
            timer.ring(mirror);
            mirror.watcher().rescan();
            mirror.settle();
            if (!mirror.has("mounted/a/file") || mirror.watcher().health().degraded.empty())
                return "lost by the unmount";
            if (mirror.watcher().absence_counts("mounted/a/file"))
                return "an absence that counts";
            if (!mount())
                return "it cannot be mounted again";
            write(root / "mounted/a/file", "another");
            write(root / "mounted/b/file");
            timer.ring(mirror);
            std::string found = differences(walk_tree(root), mirror.files());
            return found.empty() ? mirror.watcher().health().degraded : found;
        },
        wrong
    );

    BOOST_TEST(wrong.empty(), wrong);
}

BOOST_AUTO_TEST_CASE(
    a_directory_that_cannot_be_read_for_a_while_loses_nothing,
    *needs(need::permissions())
) {
    const TemporaryDirectory directory;
    const fs::path root = directory / "root";
    write(root / "a/file");
    WatcherMirror mirror(root);
    Timer timer;
    mirror.settle();

    fs::permissions(root / "a", fs::perms::none);
    mirror.watcher().rescan();
    mirror.settle();
    const std::string degraded = mirror.watcher().health().degraded;
    fs::permissions(root / "a", fs::perms::owner_all);
    timer.ring(mirror);

    BOOST_TEST(!degraded.empty());
    BOOST_TEST(mirror.has("a/file"));
    BOOST_TEST(mirror.watcher().health().degraded.empty());
}

/// Removed after it was opened and before its names were read: such a listing is not incomplete.
BOOST_AUTO_TEST_CASE(a_directory_that_goes_while_it_is_read_is_gone_and_no_trouble) {
    const TemporaryDirectory directory;
    WatcherMirror mirror(directory.path());
    mirror.settle();
    std::atomic<bool> over = false;
    std::jthread maker([&] {
        for (int i = 0; i < 20'000; ++i) {
            fs::create_directory(fs::path(directory.path()) / "d");
            fs::remove(fs::path(directory.path()) / "d");
        }
        over = true;
    });

    std::size_t incomplete = 0;
    while (!over) {
        mirror.read_once();
        for (const watcher::Listing& listing : mirror.scan_once(10).listings)
            incomplete += listing.complete ? 0 : 1;
    }
    maker.join();

    BOOST_TEST(incomplete == 0);
    mirror.settle();
    BOOST_TEST(mirror.watcher().health().degraded == "");
}

BOOST_AUTO_TEST_SUITE_END()
