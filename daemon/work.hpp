// A path that has to be looked at: what was signalled of it, and what its earlier looks have shown.
// Pure: time is passed in.
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
    bool is_wanted = false;      // somebody waits for its content or hash
    bool is_exchanged = false;   // its name, or one above it, names something else as a whole
    bool is_retried = false;     // those who sync wait for the outcome of its next try
    GroupMembership membership;  // what comes of it is published together with others

    bool is_in_bulk = false;  // one of many, of which no event of its own tells
    Clock::time_point due;    // by both WorkList finds it in its schedule

    /// What is signalled changes what is known of the file. When to look at it.
    Clock::time_point on_signs(const watcher::Signs& signs, bool is_open, Clock::time_point now);
    /// The last who had it open has closed it: whether that is to be looked at, if that is what
    /// was waited for. When, is for the pause to say.
    bool on_last_close();
    /// Its writer is done with it, or it is another file: what held earlier looks up is over.
    void begin_anew();
};

/// Why a work may never come to an end, so that nobody waits for it.
enum class HoldUp : std::uint8_t {
    none,  // it will
    writer_inside,
    unreadable,  // its stat or its bytes are not to be had: Setbacks::error
    no_memory,
    unstable,  // it changes all the time
    hung,
    lost,  // with its directory, or its filesystem
};
HoldUp hold_up(const Work& work, Clock::time_point now);

}  // namespace treecast::daemon
