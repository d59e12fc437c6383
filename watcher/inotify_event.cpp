#include "watcher/inotify_event.hpp"

#include <cstring>

#include <sys/inotify.h>

namespace treecast::watcher {

// The overflow event has no watch (-1), so callers check for it before they look up `watch`.
bool InotifyEvent::is_overflow() const noexcept {
    return has(IN_Q_OVERFLOW);
}

bool InotifyEvent::watch_is_gone() const noexcept {
    return has(IN_IGNORED);
}

bool InotifyEvent::is_unmounted() const noexcept {
    return has(IN_UNMOUNT);
}

bool InotifyEvent::is_of_directory() const noexcept {
    return has(IN_ISDIR);
}

bool InotifyEvent::is_open_or_close() const noexcept {
    return has(IN_OPEN | IN_CLOSE_NOWRITE);
}

bool InotifyEvent::name_appeared() const noexcept {
    return has(IN_CREATE | IN_MOVED_TO);
}

bool InotifyEvent::name_disappeared() const noexcept {
    return has(IN_DELETE | IN_MOVED_FROM);
}

std::size_t event_size(std::span<const std::byte> bytes) noexcept {
    inotify_event header{};
    if (bytes.size() < sizeof header)
        return 0;
    std::memcpy(&header, bytes.data(), sizeof header);
    return header.len > bytes.size() - sizeof header ? 0 : sizeof header + header.len;
}

bool InotifyDecoder::next(InotifyEvent& event) noexcept {
    const std::size_t size = event_size(bytes_);
    if (size == 0)
        return false;
    inotify_event header{};
    std::memcpy(&header, bytes_.data(), sizeof header);
    // The name is padded with NULs to its length.
    const auto* const name = reinterpret_cast<const char*>(bytes_.data() + sizeof header);
    event.watch = header.wd;
    event.mask = header.mask;
    event.name = {name, ::strnlen(name, header.len)};
    bytes_ = bytes_.subspan(size);
    return true;
}

}  // namespace treecast::watcher
