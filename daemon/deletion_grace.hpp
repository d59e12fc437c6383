// How long a file has to be missed before it counts as gone (--delete-grace): its name is not
// there, or it is private. Pure.
#pragma once

#include "daemon/back_off.hpp"

#include <optional>

namespace treecast::daemon {

class DeletionGrace {
public:
    /// It is missed now. When its grace ends; none: that is over, so it counts as gone.
    std::optional<Clock::time_point> ends_at(Clock::duration grace, Clock::time_point now) {
        if (!since_)
            since_ = now;
        return now - *since_ < grace ? std::optional(*since_ + grace) : std::nullopt;
    }
    void reset() noexcept { since_.reset(); }

private:
    std::optional<Clock::time_point> since_;
};

}  // namespace treecast::daemon
