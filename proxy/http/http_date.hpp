// Dates of HTTP (RFC 9110, 5.6.7), in whole seconds since 1970. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// `Sun, 06 Nov 1994 08:49:37 GMT`. Times outside the years 0 to 9999 are limited to them.
std::string format_http_date(std::int64_t seconds);
/// Accepts the form above and the two obsolete forms that a recipient must accept.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace treecast::proxy
