// The pause before a retry: it doubles from 1 s to at most 30 s, with jitter. Pure.
#pragma once

#include <chrono>
#include <optional>

namespace treecast::client {

class BackOff {
public:
    static constexpr std::chrono::milliseconds pause_max{30'000};
    /// A longer Retry-After is limited to this: no server should keep a client away for a day.
    static constexpr std::chrono::seconds retry_after_max{300};

    /// The next pause. `random`, from [0, 1), spreads clients that failed together: over the
    /// upper half of the pause, or over the second that follows `retry_after`.
    std::chrono::milliseconds
    next(double random, std::optional<std::chrono::seconds> retry_after = std::nullopt);
    void reset() noexcept { doubled_ = std::chrono::milliseconds(1000); }

private:
    std::chrono::milliseconds doubled_{1000};
};

}  // namespace treecast::client
