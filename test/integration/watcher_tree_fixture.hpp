// What the tests of watcher_tree share.
//
// What real programs do to files and directories, and what the watcher says of it.
#pragma once

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

namespace treecast::test::watcher_tree_cases {

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;
using treecast::watcher::Signs;

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

}  // namespace treecast::test::watcher_tree_cases
