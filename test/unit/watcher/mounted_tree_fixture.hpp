// A temporary tree and mounts around it that are only remembered, for tests that mount nothing.
#pragma once

#include "test/unit/watcher/tree_state_fixture.hpp"
#include "watcher/mount_points.hpp"

namespace treecast::test::mounted_tree_cases {

using namespace tree_state_cases;

constexpr std::uint64_t no_id = 0;

/// A tree around which a predecessor saw mounts.
struct MountedTree : WatchedTree {
    std::string point(const std::string& path) const { return absolute(root.real_path(), path); }
    void know(const std::vector<std::string>& paths, std::uint64_t unique_id = 7) {
        std::vector<Mount> mounts;
        for (const std::string& path : paths)
            mounts.push_back({.point = point(path), .device = 8, .inode = 2, .unique_id = unique_id}
            );
        state.mounts.known = KnownMounts(std::move(mounts));
    }
    /// They are not mounted any more, and what they had covered shows.
    void lose() {
        (void)state.mounts.known.update({}, [](const std::string&) {
            return PointSight{
                .kind = PointSight::Kind::there,
                .is_mount = false,
                .is_directory = true,
                .device = 1,
                .inode = 77,
                .unique_id = no_id};
        });
    }
};

}  // namespace treecast::test::mounted_tree_cases
