// What the tests of watcher_limits share.
//
// What goes wrong: events that are lost, watches that cannot be had, a root that goes away.
#pragma once

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

namespace treecast::test::watcher_limits_cases {

namespace fs = std::filesystem;
using namespace treecast;
using namespace std::chrono_literals;
using treecast::test::differences;
using treecast::test::needs;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;
namespace need = treecast::test::need;

inline void write(const fs::path& path, std::string_view content = "content") {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
}

inline bool write_setting(const char* path, const std::string& value) {
    const int fd = ::open(path, O_WRONLY);
    if (fd < 0)
        return false;
    const bool done = ::write(fd, value.data(), value.size()) == std::ssize(value);
    ::close(fd);
    return done;
}

/// Runs `body` in a process with a user and mount namespace of its own, as root there. What it
/// returns is empty if all is well.
inline void run_apart(const std::function<std::string()>& body, std::string& wrong) {
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

inline std::string queue_limit() {
    std::string text;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> text;
    return text;
}

}  // namespace treecast::test::watcher_limits_cases
