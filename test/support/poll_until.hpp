// Waiting for a condition with a deadline, instead of sleeping and hoping.
#pragma once

#include <chrono>
#include <thread>

namespace treecast::test {

/// Generous: a loaded machine under a sanitizer is slow, and only a failing test waits so long.
inline constexpr std::chrono::milliseconds patience{20'000};

/// True as soon as `condition()` is; false if it is not within `deadline`.
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
