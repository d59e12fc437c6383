// The root of the tree, and the only way to a file below it.
//
// Links are resolved component by component and only beneath the root, at most 40 links for each
// component of the path. An absolute target is re-rooted if it begins with the root as configured
// or with its real path. The open itself is openat2 with RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS on the
// resolved path. Where openat2 fails with ENOSYS or EPERM, it is component by component with
// O_NOFOLLOW. So no link, planted or swapped at any moment, leads outside. Opens of files do not
// block (O_PATH).
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

    /// Opens `path` ("" is the root itself) as an O_PATH descriptor; read it through /proc/self/fd.
    /// Thread safe. ENOENT, ENOTDIR, ELOOP, EACCES..., Errc::outside_root.
    [[nodiscard]] Result<UniqueFd> open_path(std::string_view path) const;

    /// Opens a directory for reading (not O_PATH). A link in `path` is ELOOP; "" is the root.
    /// Thread safe.
    [[nodiscard]] Result<UniqueFd> open_directory(std::string_view path) const;

    /// Opens `path` as an O_PATH descriptor. A link in it is ELOOP.
    [[nodiscard]] Result<UniqueFd> open_point(std::string_view path) const;

    /// The stat of `path`, which has no links before its last component. Does not follow a link
    /// there. Thread safe.
    [[nodiscard]] Result<struct stat> status(std::string_view path) const;

    /// The target of the link at `path`, which has no links before its last component. An absolute
    /// target below the root is re-rooted: its leading "/" then means the root. Any other absolute
    /// target is Errc::outside_root. Thread safe.
    [[nodiscard]] Result<std::string> link_target(std::string_view path) const;

    /// Whether the configured path still names the directory that was opened, so that ENOENT
    /// below it means absence. Thread safe.
    bool is_alive() const;

    /// Opens the configured path anew, after it began to name another directory. Later opens start
    /// there; opens under way end where they began. Thread safe. An error changes nothing. Returns
    /// ENODATA for an empty directory unless `may_be_empty`: a mount that went away is more likely
    /// than a tree whose files were all deleted.
    [[nodiscard]] Result<void> reopen(bool may_be_empty);
    /// The number of reopens. What was opened before one may be of another tree. Thread safe.
    std::uint64_t generation() const noexcept { return generation_.load(); }

    /// The real path of the directory that the configured path names now. Thread safe.
    [[nodiscard]] Result<std::string> leads_to() const;

    const std::string& configured_path() const noexcept { return configured_path_; }
    const std::string& absolute_path() const noexcept { return absolute_path_; }
    /// Thread safe.
    std::string real_path() const;

private:
    /// Distinguishes one directory from another.
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
    mutable std::mutex mutex_;  // guards the next two; reopen() swaps the file behind fd_ (dup3)
    std::string real_path_;
    Identity identity_;
    UniqueFd fd_;
    std::atomic<std::uint64_t> generation_ = 0;
};

}  // namespace treecast::watcher
