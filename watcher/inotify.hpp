// The inotify descriptor: watches in, bytes of events out. Decides nothing.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "watcher/inotify_event.hpp"

#include <span>
#include <vector>

namespace treecast::watcher {

class Inotify {
public:
    /// Throws StartupError(configuration): the limit of instances is reached.
    Inotify();

    int descriptor() const noexcept { return fd_.get(); }

    /// Watches the very directory or file that is open as `fd` (O_PATH will do), wherever its name
    /// has gone. The same inode gives the same descriptor. ENOSPC: the limit of watches.
    /// `opens`: also of who opens and closes a file for reading, from now on.
    [[nodiscard]] Result<WatchDescriptor> watch_directory(int fd, bool opens);
    [[nodiscard]] Result<WatchDescriptor> watch_file(int fd, bool opens);
    /// Watches whether a directory or a link itself (not what is in it) is moved, removed or made
    /// inaccessible.
    [[nodiscard]] Result<WatchDescriptor> watch_place(int fd);
    void remove(WatchDescriptor watch);

    /// The events that are queued, at most about 64 KiB of them, valid until the next call.
    /// `drained` says whether the kernel's queue was empty then.
    std::span<const std::byte> read(bool& drained);
    /// Whether events are queued that have not been read.
    bool has_events() const noexcept;

private:
    Result<WatchDescriptor> watch(int fd, std::uint32_t mask);

    UniqueFd fd_;
    std::vector<std::byte> buffer_;
};

}  // namespace treecast::watcher
