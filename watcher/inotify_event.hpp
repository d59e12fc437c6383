// Bytes read from inotify to events. PURE; the only system header is that of the constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace treecast::watcher {

/// The kernel's number for a watched directory or file. Numbers of removed watches are not given
/// again before two thousand million others have been.
using WatchDescriptor = std::int32_t;
inline constexpr WatchDescriptor no_watch = -1;

struct InotifyEvent {
    WatchDescriptor watch = no_watch;
    std::uint32_t mask = 0;
    std::string_view name;  // empty: about what is watched itself. Points into the bytes decoded.

    bool has(std::uint32_t bits) const noexcept { return (mask & bits) != 0; }
    bool is_overflow() const noexcept;       // events were lost; says nothing else
    bool watch_is_gone() const noexcept;     // removed by us, deleted or unmounted: the last event
    bool is_unmounted() const noexcept;      // and the watch is gone
    bool is_of_directory() const noexcept;   // the name is, or was, a directory's
    bool is_open_or_close() const noexcept;  // by a reader, or not told by whom
    bool name_appeared() const noexcept;     // created or moved here
    bool name_disappeared() const noexcept;  // deleted or moved away
};

/// The bytes of the first event, its name included; 0 if it is not whole.
std::size_t event_size(std::span<const std::byte> bytes) noexcept;

/// Takes the events off a buffer one by one. The bytes are checked: a length that leads beyond
/// the buffer ends the decoding.
class InotifyDecoder {
public:
    explicit InotifyDecoder(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    /// False at the end.
    bool next(InotifyEvent& event) noexcept;
    /// After the end: whether bytes were left over that are no whole event.
    bool is_damaged() const noexcept { return !bytes_.empty(); }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace treecast::watcher
