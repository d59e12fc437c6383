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

BOOST_AUTO_TEST_CASE(
    after_an_overflow_everything_is_compared,
    *needs(need::event_queue_of_at_most(200'000))
) {
    const TemporaryDirectory directory;
    const fs::path root = directory / "root";
    write(root / "a/file");
    write(root / "b/file");
    WatcherMirror mirror(root);
    mirror.settle();
    const int events = std::stoi(queue_limit()) + 10;

    for (int i = 0; i < events / 2; ++i) {
        ::chmod((root / "a/file").c_str(), 0644);
        ::chmod((root / "b/file").c_str(), 0644);
    }
    fs::rename(root / "a", root / "c");
    write(root / "b/new/file");
    fs::remove(root / "b/file");
    mirror.settle();
    write(root / "c/later");
    mirror.settle();

    BOOST_TEST(mirror.watcher().health().overflows == 1);
    const std::string wrong = differences(walk_tree(root), mirror.files());
    BOOST_TEST(wrong.empty(), wrong);
    BOOST_TEST(mirror.files().size() == 3);
}

BOOST_AUTO_TEST_CASE(
    directories_beyond_the_watch_limit_are_polled_and_counted,
    *needs(need::user_limits())
) {
    const TemporaryDirectory directory;
    const fs::path root = directory / "root";
    for (int i = 0; i < 20; ++i)
        write(root / std::to_string(i) / "file");
    fs::create_symlink("19/file", root / "link");
    std::string wrong;

    run_apart(
        [&]() -> std::string {
            if (!write_setting("/proc/sys/user/max_inotify_watches", "5"))
                return "the limit cannot be set";
            WatcherMirror mirror(root);
            Timer timer;
            mirror.settle();
            const auto before = mirror.watcher().health();
            if (before.unwatched_directories != 16 || before.watches != 5)
                return std::to_string(before.unwatched_directories) + " unwatched";
            if (before.degraded.find("16 directories") == std::string::npos ||
                before.degraded.find("sysctl fs.inotify.max_user_watches=") == std::string::npos)
                return before.degraded;
            for (int i = 0; i < 20; ++i)
                write(root / std::to_string(i) / "new/file");
            fs::remove(root / "18/file");
            write(root / "19/file", "changed");
            timer.ring(mirror);
            timer.ring(mirror);
            std::string found = differences(walk_tree(root), mirror.files());
            if (!found.empty())
                return found;
            write_setting("/proc/sys/user/max_inotify_watches", "1000");
            timer.ring(mirror);
            if (const auto after = mirror.watcher().health();
                !after.degraded.empty() || after.unwatched_directories != 0)
                return "not recovered: " + after.degraded;
            write(root / "7/new/seen");
            mirror.settle();
            return differences(walk_tree(root), mirror.files());
        },
        wrong
    );

    BOOST_TEST(wrong.empty(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
