// How many have a file open, as far as events tell of it. PURE.
//
// Opens, and closes by readers, are told of only where no lease can tell of a writer (see
// LeaseRights and Watcher::watch_opens); elsewhere a write counts for its writer, and the next
// close by a writer for his leaving.
#pragma once

#include <cstdint>

namespace treecast::watcher {

/// What events make of the number: it becomes max(least, number + more). Composable, since a batch
/// holds many events of one file and the number is kept elsewhere.
class OpenersChange {
public:
    constexpr OpenersChange() = default;

    /// What one event's inotify mask says.
    static OpenersChange of(std::uint32_t mask) noexcept;

    std::uint32_t applied_to(std::uint32_t openers) const noexcept;
    /// `later` after this one.
    OpenersChange followed_by(const OpenersChange& later) const noexcept;
    bool is_nothing() const noexcept { return *this == OpenersChange(); }

    friend bool operator==(const OpenersChange&, const OpenersChange&) = default;

private:
    constexpr OpenersChange(std::int32_t least, std::int32_t more, bool by_write = false) noexcept
        : least_(least), more_(more), by_write_(by_write) {}

    std::int32_t least_ = 0;
    std::int32_t more_ = 0;
    /// The last event was a write, without which the number would be at least so many. An open
    /// that truncates is told as a write and then an open by kernels before 6.10.
    bool by_write_ = false;
    std::int32_t least_before_ = 0;
    /// The last event was an open right after a write: by the writer who truncated the file so, or
    /// by another one; then the number is at least so many without him.
    bool opened_after_write_ = false;
    std::int32_t least_with_writer_ = 0;
    bool by_reader_ = false;  // this is one close, of somebody who did not write
};

}  // namespace treecast::watcher
