// The directory that holds an instance's objects: BASE/NAME/, written by the daemon's user only.
//
//   catalog              the catalog (docs/format-catalog.md)
//   catalog.new          a catalog being made; renamed to the above
//   FILE_ID.REVISION     a segment: one version's bytes (docs/format-segment.md)
//   load.N               a segment being filled; unlinked or renamed to the above
//   daemon.lock          flock'ed by the daemon, mode 0600: no proxy can open it
//   control              the daemon's Unix socket, mode 0600
//   mounts               the mounts that the daemon saw (docs/format-mounts.md), mode 0600
#pragma once

#include "base/error.hpp"
#include "base/instance.hpp"
#include "base/unique_fd.hpp"

#include <string>

#include <sys/types.h>

namespace treecast::ipc {

class ObjectDirectory {
public:
    /// For the daemon. Makes BASE (only the caller's private one) and BASE/NAME if missing,
    /// whatever the umask. In a setgid BASE the directory and its objects belong to BASE's group,
    /// which may read them (2750, 0640). Elsewhere only the user may (0700, 0600). Throws
    /// StartupError(configuration) if a part belongs to another user (a BASE that is not private
    /// may be root's), is a symbolic link, is not a directory or may be written by others.
    static ObjectDirectory create(const std::string& base, const InstanceName& instance);

    /// For proxies and tools. ENOENT if there is none (yet), Errc::foreign_owner,
    /// Errc::writable_by_others, or another error of openat(2) such as EACCES.
    [[nodiscard]] static Result<ObjectDirectory>
    open(const std::string& base, const InstanceName& instance);

    /// The same directory, for another thread, which may outlive this one.
    [[nodiscard]] Result<ObjectDirectory> share() const;

    int descriptor() const noexcept { return fd_.get(); }
    const InstanceName& instance() const noexcept { return instance_; }
    const std::string& path() const noexcept { return path_; }
    /// The prefix of the names of its queues (ipc/queue_names.hpp).
    const std::string& queue_prefix() const noexcept { return queue_prefix_; }
    uid_t owner() const noexcept { return owner_; }
    gid_t group() const noexcept { return group_; }
    /// The mode of objects that proxies read: 0640 or 0600.
    mode_t object_mode() const noexcept { return object_mode_; }

private:
    ObjectDirectory(UniqueFd fd, const std::string& base, InstanceName instance);
    UniqueFd fd_;
    std::string path_;
    InstanceName instance_;
    uid_t owner_ = 0;
    gid_t group_ = 0;
    std::string queue_prefix_;
    mode_t object_mode_ = 0600;
};

/// Reserves the instance for one daemon, as long as the descriptor lives (flock of daemon.lock).
/// Errc::already_running if another process holds the lock.
[[nodiscard]] Result<UniqueFd> lock_instance(const ObjectDirectory& directory);

/// Removes every object and queue of an instance and its directory, and the private base if it is
/// then empty. The caller holds `lock_instance`. Removes unknown names too: other versions of
/// Treecast made them. Continues after an error and returns the first one.
[[nodiscard]] ErrorCode remove_instance(const std::string& base, const ObjectDirectory& directory);

}  // namespace treecast::ipc
