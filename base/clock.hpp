// The time as the kernel's clocks have it, in whole numbers.
#pragma once

#include <cstdint>
#include <ctime>

namespace treecast {

/// Since 1970; the machine's clock, which somebody may set back.
inline std::uint64_t real_time_us() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

/// Since the machine was started, times of sleep included: the same for all processes.
inline std::uint64_t boot_time_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace treecast
