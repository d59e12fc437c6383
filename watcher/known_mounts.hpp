// The mounts that were seen above, at and below the root, and the fate of each. No I/O.
//
// A mount point that is no longer mounted is *lost*: its path now shows what the mount had covered,
// and proves nothing about what was published. It stays lost until a mount covers the point again,
// the point itself is removed, or the administrator confirms the loss. Points are absolute paths
// without links. Device and inode of its root identify a mount (and its unique id, where the kernel
// has one), since the kernel reuses mount ids.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::watcher {

struct Mount {
    std::string point;
    std::uint64_t device = 0;  // device and inode of the mount's root
    std::uint64_t inode = 0;
    std::uint64_t unique_id = 0;  // the kernel never reuses it; 0 before Linux 6.8, which has none

    friend bool operator==(const Mount&, const Mount&) = default;
};

/// What a mount point names now.
struct PointSight {
    enum class Kind { unknown, missing, there };
    Kind kind = Kind::unknown;
    bool is_mount = false;
    bool is_directory = false;
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t unique_id = 0;
};

enum class MountFate {
    unknown,    // the point cannot be checked: nothing changes
    in_place,   // the same mount, or another one of the same directory
    replaced,   // another mount covers the point: new content
    dissolved,  // unmounted, but its content is still there: it was bound to itself
    lost,       // uncovered
    removed,    // the point itself is gone
};
MountFate fate_of(const Mount& known, const PointSight& now);

class KnownMounts {
public:
    /// `remembered`: stored by a predecessor. update() checks whether each is still there.
    explicit KnownMounts(std::vector<Mount> remembered = {});

    struct Changes {
        bool any = false;  // mounts appeared, vanished or were replaced
        /// Points whose content may differ although stat is the same.
        std::vector<std::string> doubtful;
    };
    using Look = std::function<PointSight(const std::string& point)>;
    /// Checks every known point and the new ones in `listed`. A point below a lost one is lost too.
    Changes update(const std::set<std::string>& listed, const Look& look);

    bool empty() const noexcept { return mounts_.empty(); }
    /// Whether any lies below the root of the last keep_around(), not above it or at it.
    bool any_inside() const noexcept { return inside_count_ != 0; }
    bool is_point(const std::string& path) const { return mounts_.contains(path); }
    bool has_at_or_above(std::string_view path) const;
    bool any_lost() const noexcept { return lost_count_ != 0; }
    /// Whether the path is a lost mount point or lies below one.
    bool is_lost(std::string_view path) const;
    /// Lost points that lie below no other lost one.
    std::vector<std::string> lost_points() const;
    /// False if a file was mounted there. True for a directory, or if only a predecessor saw it.
    bool may_be_directory(const std::string& point) const;
    /// Points on which a file is mounted, and that are not lost.
    std::vector<std::string> file_points() const;

    /// Forgets the lost points at or above `path`, on the administrator's request. False if there
    /// is none.
    bool forget_lost_above(std::string_view path);
    /// The same for `point` alone.
    bool forget_lost(const std::string& point);
    /// Forgets the points at and below `path`, which was removed or moved away.
    bool forget_below(std::string_view path);
    /// Forgets the points below `path`, where another directory is now.
    void forget_inside(std::string_view path);
    /// Keeps only the points that concern the root, which is at `path` from now on.
    void keep_around(std::string_view path);

    std::vector<Mount> all() const;

private:
    struct Known {
        Mount mount;
        bool lost = false;
        bool is_directory = true;
    };
    using Mounts = std::map<std::string, Known, std::less<>>;
    bool is_inside(std::string_view point) const;
    void set_lost(Known& known, bool lost);
    Mounts::iterator erase(Mounts::iterator at);
    void judge(Known& known, const PointSight& now, MountFate fate, Changes& changes);

    Mounts mounts_;
    std::string root_ = "/";
    std::size_t lost_count_ = 0;
    std::size_t inside_count_ = 0;
};

/// Whether `path` is `directory` or lies below it; absolute paths.
bool is_at_or_below(std::string_view path, std::string_view directory) noexcept;

}  // namespace treecast::watcher
