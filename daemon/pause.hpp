// The pause before the next look at a path. A close or an arrival shortens it; other signs do not.
// Pure.
#pragma once

#include "daemon/back_off.hpp"

#include <algorithm>

namespace treecast::daemon {

class Pause {
public:
    /// `took`: the duration of the load that failed.
    void begin(Clock::duration pause, Clock::duration took, Clock::time_point now) {
        until_ = now + pause;
        rested_ = now + std::max<Clock::duration>(took, rest_min);
    }
    Clock::time_point until() const noexcept { return until_; }
    /// A writer has closed the file: the pause ends early, but lasts at least as long as the load
    /// took. A file that is closed all the time thus uses at most half of a thread.
    void on_close() noexcept { until_ = std::min(until_, rested_); }
    /// The path names another file now, to which the old file's pause does not apply.
    void on_arrival() noexcept { until_ = rested_ = {}; }

private:
    static constexpr std::chrono::milliseconds rest_min{4};
    Clock::time_point until_;
    Clock::time_point rested_;
};

}  // namespace treecast::daemon
