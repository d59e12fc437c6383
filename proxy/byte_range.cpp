#include "proxy/byte_range.hpp"

#include "proxy/header_list.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace treecast::proxy {

namespace {

/// Digits only; a number that does not fit is as good as the largest.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, 10);
    if (error == std::errc::invalid_argument || rest != text.data() + text.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        return std::numeric_limits<std::uint64_t>::max();
    return value;
}

}  // namespace

ByteRange select_range(std::string_view field, std::uint64_t size) noexcept {
    const ByteRange whole{ByteRange::Kind::whole, 0, size};
    const ByteRange none{ByteRange::Kind::unsatisfiable, 0, 0};
    const auto equals = field.find('=');
    if (equals == field.npos || !equals_ignoring_case(trim(field.substr(0, equals)), "bytes"))
        return whole;
    const std::string_view range = trim(field.substr(equals + 1));
    const auto dash = range.find('-');
    if (dash == range.npos || range.find(',') != range.npos)
        return whole;

    const std::string_view first_text = range.substr(0, dash);
    const std::string_view last_text = range.substr(dash + 1);
    if (first_text.empty()) {
        const auto suffix = parse_position(last_text);
        if (!suffix)
            return whole;
        if (*suffix == 0 || size == 0)
            return none;
        return {ByteRange::Kind::part, size - std::min(*suffix, size), size};
    }
    const auto first = parse_position(first_text);
    const auto last =
        last_text.empty() ? std::numeric_limits<std::uint64_t>::max() : parse_position(last_text);
    if (!first || !last || *last < *first)
        return whole;
    if (*first >= size)
        return none;
    return {ByteRange::Kind::part, *first, std::min(*last, size - 1) + 1};
}

}  // namespace treecast::proxy
