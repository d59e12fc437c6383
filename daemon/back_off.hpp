// The pauses between tries that fail for one and the same cause: they grow until it is over, and
// begin anew after that. Pure.
#pragma once

#include <chrono>

namespace treecast::daemon {

using Clock = std::chrono::steady_clock;

class BackOff {
public:
    constexpr BackOff(std::chrono::milliseconds first, std::chrono::milliseconds most)
        : first_(first), most_(most) {}

    /// A try has failed: how long to pause.
    std::chrono::milliseconds fail() noexcept;
    /// The cause is gone.
    void clear() noexcept { failures_ = 0; }
    bool failing() const noexcept { return failures_ != 0; }
    bool has_failed(unsigned times) const noexcept { return failures_ >= times; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds most_;
    unsigned failures_ = 0;
};

}  // namespace treecast::daemon
