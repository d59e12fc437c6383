// How long a file's writers are waited for, by what inotify and stat say of them. Pure.
#pragma once

#include "daemon/moment.hpp"
#include "watcher/file_stat.hpp"
#include "watcher/watcher.hpp"

#include <cstdint>
#include <optional>

namespace treecast::daemon {

/// What inotify said last of the file was not that a writer is done with it.
bool suspects_writer(const watcher::Signs& signs);

/// Of a file that no lease vouches for: `is_open` counts only once somebody has written to it,
/// since most who open a file read it.
bool may_have_writer(const watcher::Signs& signs, bool is_open);

/// Whether the file came by a rename, so that its writer was done with it.
bool came_whole(const watcher::Signs& signs);

class WriterWait {
public:
    /// The file was written to and not closed since. When to look at it: when its writer pauses,
    /// but not ever later.
    Clock::time_point on_write(bool is_reopened, Clock::time_point now);
    /// A writer closed the file, or it is another one. Somebody else's close is not the writer's,
    /// as long as the file is open where opens are counted.
    void on_close(bool is_open);
    /// The last who had it open has closed it.
    void on_last_close();
    /// Whatever came, if the file is empty still, it is so anew.
    void forget_emptied() noexcept { empty_since_.reset(); }
    /// Its bytes are looked at.
    void begin_load() noexcept { first_write_.reset(); }
    void note_size(std::uint64_t size, Clock::time_point now);

    /// A writer is inside whose end is waited for.
    void begin_wait() noexcept { is_waited_for_ = true; }
    void end_wait() noexcept { is_waited_for_ = false; }
    bool is_waited_for() const noexcept { return is_waited_for_; }

    /// How long until a file that is open for writing has been quiet for `open_limit`.
    Clock::duration
    quiet_left(const watcher::FileStat& stat, Clock::duration open_limit, const Moment& now) const;
    /// Whether a writer that never closes the file has been in it for too long to wait until it
    /// falls quiet.
    bool is_stuck(Clock::duration open_limit, Clock::time_point now) const;
    /// Whether a writer has gone on for so long that its appends are taken as they come.
    bool writes_without_pause(Clock::time_point now) const;
    /// The file was seen with this size by those who have no lease: how long it is not to be
    /// believed yet, if it is empty.
    Clock::duration emptied_left(std::uint64_t size, bool has_arrived, Clock::time_point now);

private:
    bool is_waited_for_ = false;
    std::optional<Clock::time_point> first_write_;  // since the last look at its bytes
    Clock::time_point last_write_;
    std::optional<Clock::time_point> since_;  // written to, and closed by nobody since
    std::uint64_t largest_bytes_ = 0;         // that the file has been meanwhile
    Clock::time_point grown_last_;
    std::optional<Clock::time_point> empty_since_;
};

}  // namespace treecast::daemon
