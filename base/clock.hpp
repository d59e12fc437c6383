// Reads the kernel's clocks, as whole numbers.
#pragma once

#include <cstdint>
#include <ctime>

namespace treecast {

/// Since 1970. This clock can be set back.
inline std::uint64_t real_time_us() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

/// Since boot, suspended time included. All processes read the same clock.
inline std::uint64_t boot_time_ns() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace treecast
