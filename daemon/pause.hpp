// The pause after which a path is looked at again, and not sooner because of what is signalled of
// it meanwhile. Pure.
#pragma once

#include "daemon/back_off.hpp"

#include <algorithm>

namespace treecast::daemon {

class Pause {
public:
    /// `took`: how long the load took that came to nothing.
    void begin(Clock::duration pause, Clock::duration took, Clock::time_point now) {
        until_ = now + pause;
        rested_ = now + std::max<Clock::duration>(took, rest_min);
    }
    Clock::time_point until() const noexcept { return until_; }
    /// A writer is done with the file. Who closes it all the time gets no more than half of a
    /// thread, however long a copy takes.
    void on_close() noexcept { until_ = std::min(until_, rested_); }
    /// The path names another file now: the one before it backed off, not this one.
    void on_arrival() noexcept { until_ = rested_ = {}; }

private:
    static constexpr std::chrono::milliseconds rest_min{4};
    Clock::time_point until_;
    Clock::time_point rested_;
};

}  // namespace treecast::daemon
