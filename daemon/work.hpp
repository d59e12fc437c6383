// A path to look at, with the signs noted for it and the results of earlier looks. Pure: time is
// passed in.
#pragma once

#include "daemon/deletion_grace.hpp"
#include "daemon/load_state.hpp"
#include "daemon/notes.hpp"
#include "daemon/pause.hpp"
#include "daemon/publication_groups.hpp"
#include "daemon/setbacks.hpp"
#include "daemon/writer_wait.hpp"

#include <cstdint>
#include <string>

namespace treecast::daemon {

struct Work {
    std::string path;
    Notes notes;
    WriterWait writer;
    DeletionGrace grace;
    LoadState load;
    Setbacks setbacks;
    Pause pause;
    bool is_wanted = false;      // a worker waits for its content or hash
    bool is_exchanged = false;   // its name, or one above it, now names something else as a whole
    bool is_retried = false;     // syncs wait for the outcome of the next try
    GroupMembership membership;  // its findings are published together with others

    bool is_in_bulk = false;  // one of many, without an event of its own
    Clock::time_point due;    // `is_in_bulk` and `due` are its key in WorkList's schedules

    /// Updates the state from new signs. Returns when to look at the path.
    Clock::time_point on_signs(const watcher::Signs& signs, bool is_open, Clock::time_point now);
    /// The last opener has closed the file. Returns whether that requires a look, because a writer
    /// was waited for. `pause` says when.
    bool on_last_close();
    /// The writer has closed the file, or it is another file: earlier back-offs are over.
    void begin_anew();
};

/// Why a work may never end, so that no sync waits for it.
enum class HoldUp : std::uint8_t {
    none,  // it will end
    writer_inside,
    unreadable,  // its stat or its bytes cannot be read: Setbacks::error
    no_memory,
    unstable,  // it changes all the time
    hung,
    lost,  // its directory or filesystem is lost
};
HoldUp hold_up(const Work& work, Clock::time_point now);

}  // namespace treecast::daemon
