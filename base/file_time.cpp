#include "base/file_time.hpp"

namespace treecast {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t step_ns = 100;
constexpr std::int64_t second_steps = second_ns / step_ns;

/// The words from -far to far count nanoseconds. All of the seconds below lie in that range.
constexpr std::int64_t far = std::int64_t{1} << 62;
constexpr std::int64_t near_end_s = far / second_ns;
constexpr std::int64_t near_begin_s = -near_end_s;

FileTime split(std::int64_t count, std::int64_t counts_per_second) noexcept {
    std::int64_t seconds = count / counts_per_second;
    std::int64_t rest = count % counts_per_second;
    if (rest < 0) {
        rest += counts_per_second;
        --seconds;
    }
    return {seconds, static_cast<std::uint32_t>(rest * (second_ns / counts_per_second))};
}

}  // namespace

std::int64_t pack_file_time(FileTime time) noexcept {
    if (time.seconds < year_0_s)
        time = {year_0_s - 1, 0};
    if (time.seconds >= year_10000_s)
        time = {year_10000_s, 0};
    if (time.seconds >= near_end_s)
        return far + (time.seconds - near_end_s) * second_steps + time.nanoseconds / step_ns;
    if (time.seconds < near_begin_s)
        return -far + (time.seconds - near_begin_s) * second_steps + time.nanoseconds / step_ns;
    return time.seconds * second_ns + time.nanoseconds;
}

FileTime unpack_file_time(std::int64_t word) noexcept {
    const bool is_late = word >= far;
    if (!is_late && word >= -far)
        return split(word, second_ns);
    FileTime time = split(is_late ? word - far : word + far, second_steps);
    time.seconds += is_late ? near_end_s : near_begin_s;
    return time;
}

}  // namespace treecast
