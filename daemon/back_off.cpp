#include "daemon/back_off.hpp"

#include <algorithm>

namespace treecast::daemon {

std::chrono::milliseconds BackOff::fail() noexcept {
    constexpr unsigned doublings_max = 16;  // exceeds any `most`, and avoids overflow
    const auto pause = std::min(first_ * (1U << std::min(failures_, doublings_max)), most_);
    ++failures_;
    return pause;
}

}  // namespace treecast::daemon
