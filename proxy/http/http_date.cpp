#include "proxy/http/http_date.hpp"

#include "base/file_time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace treecast::proxy {

namespace {

constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array
    months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr std::size_t date_bytes_max = 40;

/// Writes the number with leading zeros in place of the `digits` characters at `at`.
void put_digits(char* at, unsigned number, unsigned digits) noexcept {
    for (; digits != 0; number /= 10)
        at[--digits] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string format_http_date(std::int64_t seconds) {
    const std::chrono::sys_seconds time(
        std::chrono::seconds(std::clamp(seconds, year_0_s, year_10000_s - 1))
    );
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string text = "Thu, 01 Jan 1970 00:00:00 GMT";
    text.replace(0, 3, days[std::chrono::weekday(day).c_encoding()]);
    put_digits(&text[5], unsigned{date.day()}, 2);
    text.replace(8, 3, months[unsigned{date.month()} - 1]);
    put_digits(&text[12], static_cast<unsigned>(int{date.year()}), 4);
    put_digits(&text[17], static_cast<unsigned>(clock.hours().count()), 2);
    put_digits(&text[20], static_cast<unsigned>(clock.minutes().count()), 2);
    put_digits(&text[23], static_cast<unsigned>(clock.seconds().count()), 2);
    return text;
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

}  // namespace treecast::proxy
