// Points in time as the client prints them.
#pragma once

#include <string>

namespace treecast::client {

/// RFC 3339 in UTC: `2026-01-31T12:00:00Z`, with `.123` if `milliseconds` is not negative.
std::string format_time(long long seconds_since_1970, int milliseconds = -1);

}  // namespace treecast::client
