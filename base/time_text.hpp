// Formats points in time. No I/O.
#pragma once

#include <string>

namespace treecast {

/// RFC 3339 in UTC: `2026-01-31T12:00:00Z`. Adds a `fraction` that is not negative, padded to
/// `digits`: 7 in 3 digits is `.007`. Returns "-" for a time that gmtime_r(3) cannot represent.
std::string format_time(long long seconds_since_1970, int fraction = -1, int digits = 3);

}  // namespace treecast
