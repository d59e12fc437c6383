// The mounts that were seen above, at and below the root, and what became of each. PURE.
//
// A mount point that is one no more is a *loss*: what its path names now is what the mount had
// covered, and says nothing about what was published. The loss lasts until a mount covers the point
// again, the point itself is removed, or somebody says that it is meant. Points are absolute paths
// without links. A mount is known by the device and inode of its root; mount ids are used again.
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
    std::uint64_t device = 0;  // of the mount's root
    std::uint64_t inode = 0;
    std::uint64_t unique_id = 0;  // never used again (Linux 6.8); 0: the kernel has none

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
    unknown,    // the point cannot be looked at: nothing new
    in_place,   // the same mount, or another one of the same directory
    replaced,   // another mount covers the point: new content
    dissolved,  // a mount no more, but what it showed is there: it was bound to itself
    lost,       // uncovered
    removed,    // the point itself is gone
};
MountFate fate_of(const Mount& known, const PointSight& now);

class KnownMounts {
public:
    /// `remembered` by a predecessor: of each it is to be seen whether it is still there.
    explicit KnownMounts(std::vector<Mount> remembered = {});

    struct Changes {
        bool any = false;  // mounts came, went or are others
        /// Points whose content may be another although stat says the same.
        std::vector<std::string> doubtful;
    };
    using Look = std::function<PointSight(const std::string& point)>;
    /// Looks at every known point and at those of `listed` that are new; a point below a lost one
    /// is lost with it.
    Changes update(const std::set<std::string>& listed, const Look& look);

    bool empty() const noexcept { return mounts_.empty(); }
    /// Whether any lies below the root that was named last, not above it or at it.
    bool any_inside() const noexcept { return inside_count_ != 0; }
    bool is_point(const std::string& path) const { return mounts_.contains(path); }
    bool has_at_or_above(std::string_view path) const;
    bool any_lost() const noexcept { return lost_count_ != 0; }
    /// Whether the path is a lost mount point or lies below one.
    bool is_lost(std::string_view path) const;
    /// Lost points that lie below no other lost one.
    std::vector<std::string> lost_points() const;
    /// Whether it was a directory that was mounted there; not known of what a predecessor saw.
    bool may_be_directory(const std::string& point) const;
    /// Points that no directory is mounted on, and that are not lost.
    std::vector<std::string> file_points() const;

    /// The lost points at or above `path` are meant to be. False if there is none.
    bool forget_lost_above(std::string_view path);
    /// The same for `point` alone.
    bool forget_lost(const std::string& point);
    /// The path was removed or moved away: with it went the mount points at and below it.
    bool forget_below(std::string_view path);
    /// Another directory is at the path: what was mounted below it is no longer there.
    void forget_inside(std::string_view path);
    /// Keeps only what concerns the root, which is at `path` from here on.
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
