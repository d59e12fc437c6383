// Wraps the inotify descriptor. Requests for watches enter; the bytes of events leave. It keeps no
// list of watches and decides nothing.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "watcher/inotify_event.hpp"

#include <span>
#include <vector>

namespace treecast::watcher {

class Inotify {
public:
    /// Throws StartupError(configuration) if the limit of inotify instances is reached.
    Inotify();

    int descriptor() const noexcept { return fd_.get(); }

    /// Watches the directory or file that is open as `fd` (O_PATH suffices), even if its name has
    /// moved since. The same inode always returns the same descriptor. ENOSPC: the limit of watches
    /// is reached. `opens` also reports opens, and closes by readers, from now on.
    [[nodiscard]] Result<WatchDescriptor> watch_directory(int fd, bool opens);
    [[nodiscard]] Result<WatchDescriptor> watch_file(int fd, bool opens);
    /// Watches a directory or a link itself, not its content: reports when it is moved, removed or
    /// made inaccessible.
    [[nodiscard]] Result<WatchDescriptor> watch_place(int fd);
    void remove(WatchDescriptor watch);

    /// Reads queued events, at most about 64 KiB. The span is valid until the next call. Sets
    /// `drained` if the kernel's queue is empty after this read. Never blocks.
    std::span<const std::byte> read(bool& drained);
    /// Whether the kernel's queue holds unread events.
    bool has_events() const noexcept;

private:
    Result<WatchDescriptor> watch(int fd, std::uint32_t mask);

    UniqueFd fd_;
    std::vector<std::byte> buffer_;
};

}  // namespace treecast::watcher
