#include "ipc/file_date.hpp"

#include "base/file_time.hpp"

#include <algorithm>
#include <limits>

namespace treecast::ipc {

namespace {

constexpr std::uint32_t mark_max = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::int64_t second_of(std::int64_t time_ns) noexcept {
    return unpack_file_time(time_ns).seconds;
}

std::uint32_t date_mark(std::int64_t second) noexcept {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(second, 0, mark_max - 1)) + 1;
}

bool is_newer_than_others(const Record& record, std::int64_t date) noexcept {
    if (record.date_floor == 0)
        return true;
    // The greatest mark also stands for all later dates.
    return record.date_floor != mark_max && date >= record.date_floor;
}

bool has_date_of_its_own(const Record& record) noexcept {
    return is_newer_than_others(record, second_of(record.mtime_ns));
}

}  // namespace treecast::ipc
