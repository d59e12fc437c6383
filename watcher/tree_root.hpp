// The root of the tree, and the only way to a file below it.
//
// Links are resolved component by component and only beneath the root (an absolute target is
// re-rooted if it begins with the root as configured or its real path; at most 40 links for each
// component of the path); the open itself is openat2 with RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS on
// the resolved path, or component by component with O_NOFOLLOW where seccomp answers ENOSYS. So no
// link, planted or swapped at any moment, leads outside. Opens never block (O_PATH).
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace treecast::watcher {

class TreeRoot {
public:
    /// Throws StartupError(configuration) naming the root: missing, no directory, unreadable.
    explicit TreeRoot(std::string configured_path);

    /// What `path` ("" is the root itself) names, as an O_PATH descriptor; read it through
    /// /proc/self/fd. Thread safe. ENOENT, ENOTDIR, ELOOP, EACCES..., Errc::outside_root.
    [[nodiscard]] Result<UniqueFd> open_path(std::string_view path) const;

    /// A directory for reading (not O_PATH), by a path without links ("" is the root): a link on
    /// the way is ELOOP. Thread safe.
    [[nodiscard]] Result<UniqueFd> open_directory(std::string_view path) const;

    /// What `path`, which has no links, names, as an O_PATH descriptor: a link is ELOOP.
    [[nodiscard]] Result<UniqueFd> open_point(std::string_view path) const;

    /// What `path`, which has no links before its last component, is itself: a link is not
    /// followed. Thread safe.
    [[nodiscard]] Result<struct stat> status(std::string_view path) const;

    /// The target of the link at `path`, which has no links before its last component, with an
    /// absolute target below the root re-rooted: then it begins with "/" and that is the root.
    /// Errc::outside_root for any other absolute target. Thread safe.
    [[nodiscard]] Result<std::string> link_target(std::string_view path) const;

    /// Whether the configured path still names the directory that was opened, so that ENOENT
    /// below it means absence. Thread safe.
    bool is_alive() const;

    /// Opens the configured path anew, after it came to name another directory. Every open from
    /// then on starts there; those under way end where they began. Thread safe. An error leaves
    /// everything as it was. An empty directory is refused as ENODATA, unless it may be: it is
    /// rather a mount that went away than a tree whose files were all deleted.
    [[nodiscard]] Result<void> reopen(bool may_be_empty);
    /// How often it was opened anew: what was opened before may be of another tree. Thread safe.
    std::uint64_t generation() const noexcept { return generation_.load(); }

    /// The real path of what the configured one names now. Thread safe.
    [[nodiscard]] Result<std::string> leads_to() const;

    const std::string& configured_path() const noexcept { return configured_path_; }
    const std::string& absolute_path() const noexcept { return absolute_path_; }
    /// Thread safe.
    std::string real_path() const;

private:
    /// What tells one directory from another.
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;

        friend bool operator==(const Identity&, const Identity&) = default;
    };
    static Identity identity_of(const struct stat& status) noexcept;
    static Result<Identity> identity_of(int fd);

    /// `path` with its links followed.
    Result<std::string> resolve(std::string_view path) const;
    std::string re_rooted(std::string_view target) const;

    std::string configured_path_;
    std::string absolute_path_;
    mutable std::mutex mutex_;  // of the next two; reopening swaps the file behind fd_ (dup3)
    std::string real_path_;
    Identity identity_;
    UniqueFd fd_;
    std::atomic<std::uint64_t> generation_ = 0;
};

}  // namespace treecast::watcher
