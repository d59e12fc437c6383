// Whether a look or load of a path is under way, and what earlier ones have shown. Pure.
#pragma once

#include "daemon/back_off.hpp"

#include <utility>

namespace treecast::daemon {

class LoadState {
public:
    bool must_block = false;  // reading it may wait for a disk: load it in the pool
    bool copy_first = false;  // it changed during a copy: copy first, then hash
    Clock::duration took{};   // duration of the last job in the pool

    /// A look or load was submitted to the pool.
    void begin() noexcept { phase_ = Phase::in_pool; }
    /// The copy is complete, but no lease vouches for it: the events queued before its end must be
    /// read first.
    void await_confirmation() noexcept { phase_ = Phase::unconfirmed; }
    void end() noexcept {
        phase_ = Phase::none;
        is_hung_ = false;
    }
    /// A look or load is under way. Notes from now on are for the next look.
    bool is_busy() const noexcept { return phase_ != Phase::none; }
    bool is_in_pool() const noexcept { return phase_ == Phase::in_pool; }
    bool is_unconfirmed() const noexcept { return phase_ == Phase::unconfirmed; }

    /// The load has not returned for long. True on the first call for a load.
    bool note_hung() noexcept { return is_in_pool() && !std::exchange(is_hung_, true); }
    bool is_hung() const noexcept { return is_hung_; }

private:
    enum class Phase { none, in_pool, unconfirmed };
    Phase phase_ = Phase::none;
    bool is_hung_ = false;
};

}  // namespace treecast::daemon
