// The `Last-Modified` date of a file, and what such a date proves about the content. Pure.
//
// A client that sends a date back identifies the content that it has by that date. So a date is
// sent only if it is reliable, and accepted only if it can belong to the content that is served.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <optional>

namespace treecast::proxy {

/// The file's mtime in seconds. nullopt if it is later than `now` (RFC 9110, 8.8.2.1) or before
/// 1900, where the dates of RFC 5322 and of HTTP begin.
std::optional<std::int64_t> last_modified(const ipc::Record& record, std::int64_t now) noexcept;

/// Whether a client that sends this date (If-Modified-Since, If-Range) has the bytes of the record.
/// True if it is the record's date and no other version of the path can have had that date.
bool date_stands_for(const ipc::Record& record, std::int64_t date, std::int64_t now) noexcept;

/// If-Unmodified-Since: true if the mtime is not later than `date` and no other version of the path
/// can have had that date. The mtime alone proves nothing, because an old file can replace a newer
/// one.
bool is_unmodified_since(const ipc::Record& record, std::int64_t date) noexcept;

}  // namespace treecast::proxy
