// Makes text from elsewhere (paths, a server's words) safe to print as part of one line.
#pragma once

#include <string>
#include <string_view>

namespace treecast::client {

/// Control characters, line breaks and terminal escapes (C0, DEL, C1 in UTF-8) as `\xNN`, a
/// backslash as `\\`, bytes that are no UTF-8 as `\xNN`. Everything else stays.
std::string one_line(std::string_view text);

/// RFC 3339 in UTC: `2026-01-31T12:00:00Z`, with `.123` if `milliseconds` is not negative.
std::string format_time(long long seconds_since_1970, int milliseconds = -1);

}  // namespace treecast::client
