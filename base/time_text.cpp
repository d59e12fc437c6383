#include "base/time_text.hpp"

#include <ctime>
#include <fmt/format.h>

namespace treecast {

std::string format_time(long long seconds_since_1970, int fraction, int digits) {
    const std::time_t seconds = seconds_since_1970;
    std::tm calendar{};
    if (::gmtime_r(&seconds, &calendar) == nullptr)
        return "-";
    const std::string part = fraction < 0 ? "" : fmt::format(".{:0{}}", fraction, digits);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z",
        calendar.tm_year + 1900LL,
        calendar.tm_mon + 1,
        calendar.tm_mday,
        calendar.tm_hour,
        calendar.tm_min,
        calendar.tm_sec,
        part
    );
}

}  // namespace treecast
