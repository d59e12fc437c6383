// Decodes the bytes read from inotify into events. Pure; of the system it uses only the constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace treecast::watcher {

/// The kernel's number for a watched directory or file. The kernel reuses the number of a removed
/// watch only after two thousand million others.
using WatchDescriptor = std::int32_t;
inline constexpr WatchDescriptor no_watch = -1;

struct InotifyEvent {
    WatchDescriptor watch = no_watch;
    std::uint32_t mask = 0;
    /// Points into the decoded bytes. If it is empty, the event is about the watched file or
    /// directory itself.
    std::string_view name;

    bool has(std::uint32_t bits) const noexcept { return (mask & bits) != 0; }
    bool is_overflow() const noexcept;       // events were lost; the event has no watch and no name
    bool watch_is_gone() const noexcept;     // the last event of a watch; the kernel removed it
    bool is_unmounted() const noexcept;      // the last event of the watch follows
    bool is_of_directory() const noexcept;   // the name is, or was, that of a directory
    bool is_open_or_close() const noexcept;  // an open, or a close by a reader
    bool name_appeared() const noexcept;     // created or moved here
    bool name_disappeared() const noexcept;  // deleted or moved away
};

/// The size of the first event with its name; 0 if it is incomplete.
std::size_t event_size(std::span<const std::byte> bytes) noexcept;

/// Decodes the events of a buffer one by one. It checks the lengths: one that exceeds the buffer
/// ends the decoding.
class InotifyDecoder {
public:
    explicit InotifyDecoder(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    /// False at the end.
    bool next(InotifyEvent& event) noexcept;
    /// Whether bytes are left after the end that form no complete event.
    bool is_damaged() const noexcept { return !bytes_.empty(); }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace treecast::watcher
