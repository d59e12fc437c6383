// One moment by both clocks: ours, and the one that files are stamped by.
#pragma once

#include "daemon/back_off.hpp"

#include <chrono>

namespace treecast::daemon {

struct Moment {
    Clock::time_point time;
    std::chrono::nanoseconds since_1970{};

    /// What the clock of files says now, which is `time`.
    static Moment at(Clock::time_point time) {
        return {time, std::chrono::system_clock::now().time_since_epoch()};
    }
};

}  // namespace treecast::daemon
