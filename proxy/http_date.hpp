// Dates of HTTP (RFC 9110, 5.6.7), in whole seconds since 1970. Pure.
#pragma once

#include "ipc/catalog_record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// `Sun, 06 Nov 1994 08:49:37 GMT`. Years 0 to 9999; what lies outside is cut to them.
std::string format_http_date(std::int64_t seconds);
/// The form above and the two obsolete ones that a recipient must take.
std::optional<std::int64_t> parse_http_date(std::string_view text);

/// The second in which a time in nanoseconds lies, before 1970 too.
std::int64_t whole_seconds(std::int64_t nanoseconds) noexcept;

/// Whether a client that has only this date (If-Modified-Since, If-Range, If-Unmodified-Since) has
/// the bytes of the record: it is the record's date, and no other version of the path can have had
/// it.
bool date_stands_for(const ipc::Record& record, std::int64_t date) noexcept;

}  // namespace treecast::proxy
