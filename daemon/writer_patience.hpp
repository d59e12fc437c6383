// How long a file's writers are waited for, by what inotify and stat say of them. Pure.
#pragma once

#include "daemon/work_list.hpp"
#include "watcher/file_stat.hpp"

namespace treecast::daemon {

/// What inotify said last of the file was not that a writer is done with it.
bool suspects_writer(const watcher::Signs& signs);

/// Of a file that no lease vouches for: `is_open` counts only once somebody has written to it,
/// since most who open a file read it.
bool may_have_writer(const watcher::Signs& signs, bool is_open);

/// Whether the file came by a rename, so that its writer was done with it.
bool came_whole(const Work& work);

/// How long until a file that is open for writing has been quiet for `open_limit`.
Clock::duration quiet_left(
    const Work& work,
    const watcher::FileStat& stat,
    Clock::duration open_limit,
    Clock::time_point now
);

/// Whether a writer that never closes the file has been in it for too long to wait until it falls
/// quiet.
bool is_stuck(const Work& work, Clock::duration open_limit, Clock::time_point now);

/// Whether a writer has gone on for so long that its appends are taken as they come.
bool writes_without_pause(const Work& work, Clock::time_point now);

/// How long an empty file is not to be believed yet by those who have no lease; notes since when
/// it has been seen empty.
Clock::duration emptied_left(Work& work, std::uint64_t size, Clock::time_point now);

}  // namespace treecast::daemon
