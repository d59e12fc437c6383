#include "proxy/http_date.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace treecast::proxy {

namespace {

constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array
    months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::int64_t first_second = -62'167'219'200;  // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::size_t date_bytes_max = 40;

}  // namespace

std::string format_http_date(std::int64_t seconds) {
    const std::time_t time = std::clamp(seconds, first_second, last_second);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 64> text{};
    const int length = std::snprintf(
        text.data(),
        text.size(),
        "%s, %02d %s %04d %02d:%02d:%02d GMT",
        days[static_cast<std::size_t>(parts.tm_wday)],
        parts.tm_mday,
        months[static_cast<std::size_t>(parts.tm_mon)],
        parts.tm_year + 1900,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec
    );
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
    if (text.size() > date_bytes_max)
        return std::nullopt;
    const std::string copy(text);
    // No program of ours calls setlocale(), so the names are the English ones.
    for (const char* const format :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* const end = ::strptime(copy.c_str(), format, &parts);
        if (end != nullptr && *end == '\0')
            return ::timegm(&parts);
    }
    return std::nullopt;
}

std::int64_t whole_seconds(std::int64_t nanoseconds) noexcept {
    const std::int64_t seconds = nanoseconds / nanoseconds_per_second;
    return nanoseconds % nanoseconds_per_second < 0 ? seconds - 1 : seconds;
}

}  // namespace treecast::proxy
