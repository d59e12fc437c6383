// Waits for a condition with a deadline, instead of sleeping for a fixed time.
#pragma once

#include <chrono>
#include <thread>

namespace treecast::test {

/// It is long because a loaded machine with a sanitizer is slow. Only a failing test waits so long.
inline constexpr std::chrono::milliseconds patience{20'000};

/// Returns true as soon as `condition()` is true, or false at the deadline.
template <class Condition>
[[nodiscard]] bool poll_until(Condition condition, std::chrono::milliseconds deadline = patience) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

}  // namespace treecast::test
