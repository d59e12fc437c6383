// Estimates from events how many processes have a file open. Pure.
//
// Opens, and closes by readers, are reported only where no lease can detect a writer (see
// LeaseRights and Watcher::watch_opens). Elsewhere a write counts as one opener, and the next close
// by a writer ends it.
#pragma once

#include <cstdint>

namespace treecast::watcher {

/// The effect of events on the number of openers: it becomes max(least, number + more). Effects
/// combine, since a batch holds many events of one file and the receiver keeps the number.
class OpenersChange {
public:
    constexpr OpenersChange() = default;

    /// The effect of one event with this inotify mask.
    static OpenersChange of(std::uint32_t mask) noexcept;

    std::uint32_t applied_to(std::uint32_t openers) const noexcept;
    /// The effect of this one and then of `later`.
    OpenersChange followed_by(const OpenersChange& later) const noexcept;
    bool is_nothing() const noexcept { return *this == OpenersChange(); }

    friend bool operator==(const OpenersChange&, const OpenersChange&) = default;

private:
    constexpr OpenersChange(std::int32_t least, std::int32_t more, bool by_write = false) noexcept
        : least_(least), more_(more), by_write_(by_write) {}

    std::int32_t least_ = 0;
    std::int32_t more_ = 0;
    /// The last event was a write. Kernels before 6.10 report an open that truncates as a write
    /// followed by an open.
    bool by_write_ = false;
    std::int32_t least_before_ = 0;  // `least_` without that write
    /// The last event was an open right after a write. The writer itself may have opened the file
    /// and truncated it, or another process has opened it.
    bool opened_after_write_ = false;
    /// The least number without the process that opened it, if that is not the writer.
    std::int32_t least_with_writer_ = 0;
    bool by_reader_ = false;  // this is a single close by a process that did not write
};

}  // namespace treecast::watcher
