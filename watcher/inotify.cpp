#include "watcher/inotify.hpp"

#include "base/kernel_limits.hpp"
#include "base/log.hpp"

#include <treecast/limits.hpp>

#include <array>
#include <cerrno>
#include <cstdio>

#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;
constexpr std::size_t event_bytes_max = sizeof(inotify_event) + name_bytes_max + 1;

// IN_EXCL_UNLINK leaves out writes to files that were deleted or never had a name: they concern no
// path.
constexpr std::uint32_t directory_mask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB |
                                         IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF |
                                         IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::uint32_t file_mask = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;
constexpr std::uint32_t opens_mask = IN_OPEN | IN_CLOSE_NOWRITE;
// IN_ATTRIB, since a rename over a link changes the link count of the link that it replaces.
constexpr std::uint32_t place_mask = IN_MOVE_SELF | IN_DELETE_SELF | IN_ATTRIB;

}  // namespace

Inotify::Inotify() : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), buffer_(buffer_bytes) {
    if (fd_)
        return;
    const ErrorCode error = last_system_error();
    if (error == system_error(EMFILE) && descriptors_are_used_up())
        throw StartupError(ExitCode::configuration, "inotify: " + descriptor_limit_text());
    if (error == system_error(EMFILE))
        throw StartupError(
            ExitCode::configuration,
            "no inotify instance is left for this user; raise it with "
            "'sysctl fs.inotify.max_user_instances=1024'"
        );
    throw StartupError(ExitCode::configuration, "inotify cannot be used: " + error.message());
}

Result<WatchDescriptor> Inotify::watch_directory(int fd, bool opens) {
    return watch(fd, directory_mask | (opens ? opens_mask : 0));
}

Result<WatchDescriptor> Inotify::watch_file(int fd, bool opens) {
    return watch(fd, file_mask | (opens ? opens_mask : 0));
}

Result<WatchDescriptor> Inotify::watch_place(int fd) {
    return watch(fd, place_mask);
}

void Inotify::remove(WatchDescriptor watch) {
    (void)::inotify_rm_watch(fd_.get(), watch);  // EINVAL: the kernel has removed it already
}

std::span<const std::byte> Inotify::read(bool& drained) {
    ssize_t length = 0;
    do {
        length = ::read(fd_.get(), buffer_.data(), buffer_.size());
    } while (length < 0 && errno == EINTR);
    if (length < 0) {
        if (errno != EAGAIN)
            log::error("inotify cannot be read: {}", last_system_error().message());
        drained = true;
        return {};
    }
    // The kernel fills the buffer with as many events as fit. If there is room for one more, the
    // queue was empty.
    const auto size = static_cast<std::size_t>(length);
    drained = buffer_.size() - size >= event_bytes_max;
    return {buffer_.data(), size};
}

bool Inotify::has_events() const noexcept {
    int bytes = 0;
    return ::ioctl(fd_.get(), FIONREAD, &bytes) == 0 && bytes != 0;
}

Result<WatchDescriptor> Inotify::watch(int fd, std::uint32_t mask) {
    std::array<char, 40> path{};
    (void)std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", fd);
    // IN_MASK_ADD keeps the events that another user of the same inode has requested. For example,
    // a link above the root may lead through a directory whose content is watched.
    const int watch = ::inotify_add_watch(fd_.get(), path.data(), mask | IN_MASK_ADD);
    if (watch < 0)
        return last_system_error();
    return watch;
}

}  // namespace treecast::watcher
