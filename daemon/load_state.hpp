// Whether a path's look or load is under way, and what earlier ones have shown. Pure.
#pragma once

#include "daemon/back_off.hpp"

#include <utility>

namespace treecast::daemon {

class LoadState {
public:
    bool must_block = false;  // it has to wait for a disk: look and load in the pool
    bool copy_first = false;  // it changed while it was copied: hash what has been copied
    Clock::duration took{};   // the last one in the pool

    /// A look or load was given to the pool.
    void begin() noexcept { phase_ = Phase::in_pool; }
    /// A copy that no lease vouches for is there: the events that were queued meanwhile are not.
    void await_confirmation() noexcept { phase_ = Phase::unconfirmed; }
    void end() noexcept {
        phase_ = Phase::none;
        is_hung_ = false;
    }
    /// Nothing can be decided before it ends: what is noted now is for the look after it.
    bool is_busy() const noexcept { return phase_ != Phase::none; }
    bool is_in_pool() const noexcept { return phase_ == Phase::in_pool; }
    bool is_unconfirmed() const noexcept { return phase_ == Phase::unconfirmed; }

    /// It has not come back for long. Whether that is news.
    bool note_hung() noexcept { return is_in_pool() && !std::exchange(is_hung_, true); }
    bool is_hung() const noexcept { return is_hung_; }

private:
    enum class Phase { none, in_pool, unconfirmed };
    Phase phase_ = Phase::none;
    bool is_hung_ = false;
};

}  // namespace treecast::daemon
