// The pauses of a client whose held requests are answered at once. Pure.
//
// A server holds a request while there is no news. If it, or something in between, answers at once
// instead, pauses prevent a busy loop. One quick answer that moves the version, or the cursor, is
// normal: a new epoch. Two servers that disagree on the epoch move it again and again.
#pragma once

#include "client/http/back_off.hpp"

#include <chrono>

namespace treecast::client {

class QuickAnswers {
public:
    /// A request that was held takes longer than this.
    static constexpr std::chrono::milliseconds elapsed_max{1000};

    /// After an answer with news.
    void reset() noexcept;
    /// The pause after an answer without news. `has_moved`: it has another version or cursor than
    /// the request. `random` is from [0, 1).
    std::chrono::milliseconds
    pause(std::chrono::milliseconds elapsed, bool has_moved, double random);

private:
    BackOff pauses_;
    bool moved_quickly_ = false;  // one of the answers since the last reset was quick, and moved
};

}  // namespace treecast::client
