#include "base/units.hpp"

#include <charconv>
#include <limits>
#include <optional>

namespace treecast {

namespace {

struct Number {
    std::uint64_t value = 0;
    std::string_view suffix;
};

std::optional<Number> split_number(std::string_view text) {
    Number number;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number.value, 10);
    if (error != std::errc())
        return std::nullopt;
    number.suffix = text.substr(static_cast<std::size_t>(rest - text.data()));
    return number;
}

std::optional<std::uint64_t> multiply(std::uint64_t value, std::uint64_t factor) {
    // Signed 64 bits are the most that chrono and off_t carry.
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > most / factor)
        return std::nullopt;
    return value * factor;
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto number = split_number(text);
    if (!number)
        return Errc::invalid_duration;
    std::uint64_t factor = 0;
    if (number->suffix.empty() || number->suffix == "s")
        factor = 1000;
    else if (number->suffix == "ms")
        factor = 1;
    else if (number->suffix == "m")
        factor = 60'000;
    else
        return Errc::invalid_duration;
    const auto milliseconds = multiply(number->value, factor);
    if (!milliseconds)
        return Errc::invalid_duration;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*milliseconds));
}

Result<std::uint64_t> parse_size(std::string_view text) {
    const auto number = split_number(text);
    if (!number)
        return Errc::invalid_size;
    std::uint64_t factor = 0;
    if (number->suffix.empty())
        factor = 1;
    else if (number->suffix == "K")
        factor = 1ULL << 10;
    else if (number->suffix == "M")
        factor = 1ULL << 20;
    else if (number->suffix == "G")
        factor = 1ULL << 30;
    else
        return Errc::invalid_size;
    const auto bytes = multiply(number->value, factor);
    if (!bytes)
        return Errc::invalid_size;
    return *bytes;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view several) {
    return std::to_string(number) + ' ' + std::string(number == 1 ? one : several);
}

}  // namespace treecast
