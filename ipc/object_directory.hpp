// The directory that holds an instance's objects: BASE/NAME/, written by the daemon's user only.
//
//   catalog              the catalog (docs/format-catalog.md)
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
    /// For the daemon: makes BASE (if it is the caller's private one) and BASE/NAME as needed,
    /// whatever the umask. In a setgid BASE the directory and its objects belong to that group,
    /// which may read them (2750, 0640); elsewhere to nobody but the user (0700, 0600).
    /// Throws StartupError(configuration) naming the owner if a part belongs to another user, is
    /// a symbolic link, is no directory or may be written by others.
    static ObjectDirectory create(const std::string& base, const InstanceName& instance);

    /// For proxies and tools. ENOENT if there is none (yet); Errc::foreign_owner;
    /// Errc::writable_by_others; EACCES.
    [[nodiscard]] static Result<ObjectDirectory>
    open(const std::string& base, const InstanceName& instance);

    int descriptor() const noexcept { return fd_.get(); }
    const InstanceName& instance() const noexcept { return instance_; }
    const std::string& path() const noexcept { return path_; }
    /// What the names of its queues begin with (ipc/queue_names.hpp).
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

/// Holds the one daemon's place in an instance for as long as it lives (flock of daemon.lock).
/// Errc::already_running if another process has it.
[[nodiscard]] Result<UniqueFd> lock_instance(const ObjectDirectory& directory);

/// Removes every object and queue of an instance and its directory; the private base too if it
/// is empty then. The caller holds `lock_instance`. Unknown names in the directory are objects
/// of other versions of ours and go too. Returns the first error, having gone on after it.
[[nodiscard]] ErrorCode remove_instance(const std::string& base, const ObjectDirectory& directory);

}  // namespace treecast::ipc
