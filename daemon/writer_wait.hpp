// How long to wait for a file's writers, from inotify signs and stat. Pure.
#pragma once

#include "daemon/moment.hpp"
#include "watcher/file_stat.hpp"
#include "watcher/watcher.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

/// Whether a writer must be taken to be inside: the file was written to, or was created in place
/// (not renamed there), and no writer has closed it since.
bool suspects_writer(const watcher::Signs& signs);

/// Whether a file that no lease vouches for may have a writer. `is_open` counts only once the file
/// has been written to, since most openers only read.
bool may_have_writer(const watcher::Signs& signs, bool is_open);

/// Whether the file arrived by rename, complete, and was not written to since.
bool came_whole(const watcher::Signs& signs);

class WriterWait {
public:
    /// The file was written to and not closed since. Returns when to look at it: when its writer
    /// pauses, but not later than a limit.
    Clock::time_point on_write(bool is_reopened, Clock::time_point now);
    /// A writer closed the file, or it is another file. While it is still open, where opens are
    /// counted, the close may be that of another writer.
    void on_close(bool is_open);
    /// The last opener has closed it.
    void on_last_close();
    /// A new sign: if the file is still empty, the wait for that starts again.
    void forget_emptied() noexcept { empty_since_.reset(); }
    /// Its bytes are being read.
    void begin_load() noexcept { first_write_.reset(); }
    void note_size(std::uint64_t size, Clock::time_point now);

    /// A writer is inside, and its close is waited for.
    void begin_wait() noexcept { is_waited_for_ = true; }
    void end_wait() noexcept { is_waited_for_ = false; }
    bool is_waited_for() const noexcept { return is_waited_for_; }

    /// The time left until an open file has been quiet for `open_limit`.
    Clock::duration
    quiet_left(const watcher::FileStat& stat, Clock::duration open_limit, const Moment& now) const;
    /// Whether a writer that never closes the file has been inside for too long to wait for a
    /// pause.
    bool is_stuck(Clock::duration open_limit, Clock::time_point now) const;
    /// Whether a writer has written for so long that its appends are published as they come.
    bool writes_without_pause(Clock::time_point now) const;
    /// A capture without a lease found this size. Returns how long an empty file must not be
    /// believed yet.
    Clock::duration emptied_left(std::uint64_t size, bool has_arrived, Clock::time_point now);

private:
    bool is_waited_for_ = false;
    std::optional<Clock::time_point> first_write_;  // since the last load
    Clock::time_point last_write_;
    std::optional<Clock::time_point> since_;  // written to since, without a close by its writer
    std::uint64_t largest_bytes_ = 0;         // the largest size since then
    Clock::time_point grown_last_;
    std::optional<Clock::time_point> empty_since_;
};

}  // namespace treecast::daemon
