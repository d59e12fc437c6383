#include "ipc/file_date.hpp"

#include <algorithm>
#include <limits>

namespace treecast::ipc {

namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::uint32_t mark_max = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::int64_t second_of(std::int64_t time_ns) noexcept {
    const std::int64_t second = time_ns / ns_per_second;
    return time_ns % ns_per_second < 0 ? second - 1 : second;
}

std::uint32_t date_mark(std::int64_t second) noexcept {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(second, 0, mark_max - 1)) + 1;
}

bool has_date_of_its_own(const Record& record) noexcept {
    if (record.date_floor == 0)
        return true;
    // What was cut to the greatest mark may have been any later date.
    return record.date_floor != mark_max && second_of(record.mtime_ns) >= record.date_floor;
}

}  // namespace treecast::ipc
