// Points in time as texts. Pure.
#pragma once

#include <string>

namespace treecast {

/// RFC 3339 in UTC: `2026-01-31T12:00:00Z`. With a fraction of a second that is not negative, its
/// digits too: 7 in 3 digits is `.007`. "-" for a year that no calendar has.
std::string format_time(long long seconds_since_1970, int fraction = -1, int digits = 3);

}  // namespace treecast
