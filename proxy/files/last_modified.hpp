// What `Last-Modified` says of a file, and what such a date says of the content. Pure.
//
// A client that sends a date back names by it the content it has. So a date is given only where
// it can be trusted, and taken only where it can have come from the content that is there.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <optional>

namespace treecast::proxy {

/// The second of the file's mtime; nullopt for one that is later than `now` (RFC 9110, 8.8.2.1),
/// and for one before 1900, where the dates of RFC 5322, and so those of HTTP, begin.
std::optional<std::int64_t> last_modified(const ipc::Record& record, std::int64_t now) noexcept;

/// Whether a client that has only this date (If-Modified-Since, If-Range) has the bytes of the
/// record: it is the record's date, and no other version of the path can have had it.
bool date_stands_for(const ipc::Record& record, std::int64_t date, std::int64_t now) noexcept;

/// If-Unmodified-Since: the mtime is not later than `date`, and no other version of the path can
/// have had that date. The mtime alone proves nothing: an old file can replace a newer one.
bool is_unmodified_since(const ipc::Record& record, std::int64_t date) noexcept;

}  // namespace treecast::proxy
