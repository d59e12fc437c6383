#include "proxy/http/byte_range.hpp"

#include "proxy/http/header_list.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace treecast::proxy {

namespace {

/// Accepts digits only. A number that is too large becomes the largest.
std::optional<std::uint64_t> parse_position(std::string_view text) {
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, 10);
    if (error == std::errc::invalid_argument || rest != text.data() + text.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        return std::numeric_limits<std::uint64_t>::max();
    return value;
}

/// Parses one range of the set; nullopt if it is malformed. `kind` states whether it can be
/// satisfied.
std::optional<ByteRange> parse_range(std::string_view range, std::uint64_t size) {
    constexpr std::uint64_t open_end = std::numeric_limits<std::uint64_t>::max();
    const ByteRange none{ByteRange::Kind::unsatisfiable, 0, 0};
    const auto dash = range.find('-');
    if (dash == range.npos)
        return std::nullopt;
    const std::string_view first_text = range.substr(0, dash);
    const std::string_view last_text = range.substr(dash + 1);
    if (first_text.empty()) {
        const auto suffix = parse_position(last_text);
        if (!suffix)
            return std::nullopt;
        if (*suffix == 0)
            return none;
        // A suffix of an empty file can be satisfied and is the whole file, since a 206 cannot name
        // zero bytes.
        if (size == 0)
            return ByteRange{ByteRange::Kind::whole, 0, 0};
        return ByteRange{ByteRange::Kind::part, size - std::min(*suffix, size), size};
    }
    const auto first = parse_position(first_text);
    const auto last = last_text.empty() ? open_end : parse_position(last_text);
    if (!first || !last || *last < *first)
        return std::nullopt;
    if (*first >= size)
        return none;
    return ByteRange{ByteRange::Kind::part, *first, std::min(*last, size - 1) + 1};
}

}  // namespace

ByteRange select_range(std::string_view field, std::uint64_t size) noexcept {
    const ByteRange whole{ByteRange::Kind::whole, 0, size};
    const auto equals = field.find('=');
    if (equals == field.npos || !equals_ignoring_case(trim(field.substr(0, equals)), "bytes"))
        return whole;
    ByteRange selected{ByteRange::Kind::unsatisfiable, 0, 0};
    std::size_t count = 0;
    for (std::string_view set = field.substr(equals + 1); !set.empty();) {
        const std::string_view element = take_element(set, ',');
        if (element.empty())
            continue;
        const auto range = parse_range(element, size);
        if (!range)
            return whole;
        ++count;
        if (range->kind != ByteRange::Kind::unsatisfiable)
            selected = count == 1 ? *range : whole;
        else if (selected.kind == ByteRange::Kind::part)
            selected = whole;
    }
    return count == 0 ? whole : selected;
}

}  // namespace treecast::proxy
