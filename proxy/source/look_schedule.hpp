// How long a worker waits before it looks at the catalog without having been notified. One thread;
// without I/O.
#pragma once

#include "proxy/net/deadlines.hpp"

namespace treecast::proxy {

/// What a worker can do at the moment.
struct LookState {
    bool has_catalog = false;
    bool was_ready = false;    // it could answer for the whole tree once
    bool is_hindered = false;  // the daemon is alive and cannot be reached
    bool has_queues = false;   // it is notified of changes
    bool has_waiters = false;  // a client waits for changes
};

class LookSchedule {
public:
    /// `workers`: of the process, which should wake up rarely, however many it has.
    explicit LookSchedule(unsigned workers) : workers_(workers) {}

    /// The time to the next look. While there is no catalog, it doubles at each call.
    Clock::duration next(const LookState& state);

private:
    const unsigned workers_;
    Clock::duration look_for_daemon_{};
};

}  // namespace treecast::proxy
