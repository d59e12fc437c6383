// What goes wrong: events that are lost, watches that cannot be had, a root that goes away.
#include "test/integration/watcher_mirror.hpp"
#include "test/support/needs.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sched.h>
#include <thread>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

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

namespace {

void write(const fs::path& path, std::string_view content = "content") {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
}

bool write_setting(const char* path, const std::string& value) {
    const int fd = ::open(path, O_WRONLY);
    if (fd < 0)
        return false;
    const bool done = ::write(fd, value.data(), value.size()) == std::ssize(value);
    ::close(fd);
    return done;
}

/// Runs `body` in a process with a user and mount namespace of its own, as root there. What it
/// returns is empty if all is well.
void run_apart(const std::function<std::string()>& body, std::string& wrong) {
    const std::string users = "0 " + std::to_string(::getuid()) + " 1";
    const std::string groups = "0 " + std::to_string(::getgid()) + " 1";
    int pipe_ends[2];
    BOOST_TEST_REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
            !write_setting("/proc/self/setgroups", "deny") ||
            !write_setting("/proc/self/uid_map", users) ||
            !write_setting("/proc/self/gid_map", groups))
            ::_exit(2);
        std::string text;
        try {
            text = body();
        } catch (const std::exception& error) {
            text = error.what();
        }
        (void)!::write(pipe_ends[1], text.data(), text.size());
        ::_exit(0);
    }
    ::close(pipe_ends[1]);
    char buffer[4096];
    for (ssize_t size = 0; (size = ::read(pipe_ends[0], buffer, sizeof buffer)) > 0;)
        wrong.append(buffer, static_cast<std::size_t>(size));
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        wrong += "the process ended badly";
}

/// As the daemon's timer does, without its waiting.
struct Timer {
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
    void ring(WatcherMirror& mirror) {
        mirror.watcher().tend(now += 10s);
        mirror.settle();
        mirror.watcher().tend(now += 1s);
    }
};

std::string queue_limit() {
    std::string text;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> text;
    return text;
}

}  // namespace

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
