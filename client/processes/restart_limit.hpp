// Decides whether a child that died is started again: at most five times within a minute. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

namespace treecast::client {

class RestartLimit {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    static constexpr std::size_t restarts_max = 5;
    static constexpr std::chrono::minutes window{1};

    /// Counts a restart at `now`; false if it would be one too many.
    bool allow(TimePoint now);

private:
    std::deque<TimePoint> restarts_;
};

}  // namespace treecast::client
