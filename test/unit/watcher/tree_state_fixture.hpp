// The state of a watcher over a temporary tree, for tests of single stages.
#pragma once

#include "test/support/temporary_directory.hpp"
#include "watcher/structure.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::test::tree_state_cases {

namespace fs = std::filesystem;
using namespace treecast;
using namespace treecast::watcher;
using namespace treecast::test;

using Paths = std::vector<std::string>;

/// The root lies in a directory of its own, beside which a test may put what is outside of it.
struct WatchedTree {
    explicit WatchedTree(const WatcherOptions& options = {}) : state(root, options) {
        state.mounts.in_doubt = false;
    }
    std::string at(std::string_view path) const { return root_path + '/' + std::string(path); }
    void write(std::string_view path, std::string_view content = "") const {
        directory.write("root/" + std::string(path), content);
    }
    void make_directory(std::string_view path) const { fs::create_directories(at(path)); }
    void make_link(std::string_view path, std::string_view target) const {
        fs::create_symlink(target, at(path));
    }

    /// Knows the shown directory of that path, as if it had been found there.
    DirectoryId add(std::string_view path) {
        DirectoryId id = root_directory;
        for (std::string_view left = path; !left.empty();) {
            const auto slash = left.find('/');
            id = state.tree.add_real(id, left.substr(0, slash), true);
            left = slash == left.npos ? std::string_view() : left.substr(slash + 1);
        }
        return id;
    }
    /// The same of one that exists, with its watch.
    DirectoryId add_watched(std::string_view path) {
        const DirectoryId id = add(path);
        BOOST_REQUIRE(open_watched(state, id).has_value());
        return id;
    }

    /// Takes what is due for a scan; "PATH/..." is due with all below it.
    Paths take_due() {
        Paths due;
        while (const auto next = state.scans.take())
            due.push_back(state.tree.path(next->id) + (next->deep ? "/..." : ""));
        return due;
    }
    std::map<std::string, Signs> take_changes() {
        std::map<std::string, Signs> signs;
        for (const Change& change : findings.changes.take())
            signs[change.path] = change.signs;
        return signs;
    }

    TemporaryDirectory directory;
    std::string root_path = [this] {
        fs::create_directory(directory / "root");
        return directory / "root";
    }();
    TreeRoot root{root_path};
    TreeState state;
    Findings findings;
};

}  // namespace treecast::test::tree_state_cases
