// The pauses between retries that fail for the same cause. They double up to a limit, and start
// again once the cause is gone. Pure.
#pragma once

#include <chrono>

namespace treecast::daemon {

using Clock = std::chrono::steady_clock;

class BackOff {
public:
    constexpr BackOff(std::chrono::milliseconds first, std::chrono::milliseconds most)
        : first_(first), most_(most) {}

    /// A try has failed. Returns the pause before the next.
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
