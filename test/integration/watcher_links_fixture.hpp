// What the tests of watcher_links share.
//
// Links: what they lead to is served under their path, and every change on the way is told.
#pragma once

#include "test/integration/watcher_mirror.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

namespace treecast::test::watcher_links_cases {

namespace fs = std::filesystem;
using namespace treecast;
using treecast::test::differences;
using treecast::test::TemporaryDirectory;
using treecast::test::walk_tree;
using treecast::test::WatcherMirror;

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

}  // namespace treecast::test::watcher_links_cases
