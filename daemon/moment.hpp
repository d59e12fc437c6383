// One moment by two clocks: the steady clock, and the one that stamps files.
#pragma once

#include "daemon/back_off.hpp"

#include <chrono>

namespace treecast::daemon {

struct Moment {
    Clock::time_point time;
    std::chrono::nanoseconds since_1970{};

    /// Reads the clock that stamps files; `time` must be now.
    static Moment at(Clock::time_point time) {
        return {time, std::chrono::system_clock::now().time_since_epoch()};
    }
};

}  // namespace treecast::daemon
