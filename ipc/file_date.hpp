// Summarises the dates of a path's versions in one number that only grows. No I/O.
//
// HTTP dates have whole seconds, and a restored mtime can repeat an old one. So a date identifies
// the present bytes only if it is newer than the date of every other version of the path.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>

namespace treecast::ipc {

/// The second in which a time as in Record::mtime_ns lies, before 1970 too.
std::int64_t second_of(std::int64_t time_ns) noexcept;

/// The form of a date in Record::date_floor: 1 + the second, clamped to 32 bits (1970 to 2106).
std::uint32_t date_mark(std::int64_t second) noexcept;

/// Whether no other version of the path can have had this date, or a later one.
bool is_newer_than_others(const Record& record, std::int64_t date) noexcept;

/// Whether no other version of the path can have had the date of this one.
bool has_date_of_its_own(const Record& record) noexcept;

}  // namespace treecast::ipc
