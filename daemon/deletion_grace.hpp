// How long a file must be absent or private before it counts as gone (--delete-grace). Pure.
#pragma once

#include "daemon/back_off.hpp"

#include <optional>

namespace treecast::daemon {

class DeletionGrace {
public:
    /// It is absent or private now. Returns the end of its grace; none: the grace is over.
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
