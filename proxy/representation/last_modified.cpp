#include "proxy/representation/last_modified.hpp"

#include "ipc/file_date.hpp"

namespace treecast::proxy {

namespace {

constexpr std::int64_t year_1900_s = -2'208'988'800;

}  // namespace

std::optional<std::int64_t> last_modified(const ipc::Record& record, std::int64_t now) noexcept {
    const std::int64_t date = ipc::second_of(record.mtime_ns);
    if (date < year_1900_s || date > now)
        return std::nullopt;
    return date;
}

bool date_stands_for(const ipc::Record& record, std::int64_t date, std::int64_t now) noexcept {
    return last_modified(record, now) == date && ipc::has_date_of_its_own(record);
}

bool is_unmodified_since(const ipc::Record& record, std::int64_t date) noexcept {
    return date >= ipc::second_of(record.mtime_ns) && ipc::is_newer_than_others(record, date);
}

}  // namespace treecast::proxy
