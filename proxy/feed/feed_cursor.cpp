#include "proxy/feed/feed_cursor.hpp"

#include <charconv>

namespace treecast::proxy {

namespace {

/// A decimal number without leading zeros that fits.
template <class Number>
std::optional<Number> parse_decimal(std::string_view text) {
    Number number = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    const bool is_canonical = text.size() == 1 || !text.starts_with('0');
    if (text.empty() || error != std::errc() || stopped != end || !is_canonical)
        return std::nullopt;
    return number;
}

std::optional<SnapshotPlace> parse_place(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == text.npos)
        return std::nullopt;
    const auto slot = parse_decimal<std::uint32_t>(text.substr(0, dash));
    const auto seen = parse_decimal<std::uint64_t>(text.substr(dash + 1));
    if (!slot || !seen)
        return std::nullopt;
    return SnapshotPlace{*slot, *seen};
}

}  // namespace

std::optional<FeedCursor> parse_feed_cursor(std::string_view text) {
    FeedCursor cursor;
    const auto first = text.find('.');
    const auto second = first == text.npos ? text.npos : text.find('.', first + 1);
    const auto version = parse_version(text.substr(0, second));
    if (!version)
        return std::nullopt;
    cursor.version = *version;
    if (second != text.npos) {
        cursor.place = parse_place(text.substr(second + 1));
        if (!cursor.place)
            return std::nullopt;
    }
    return cursor;
}

std::string to_string(const FeedCursor& cursor) {
    std::string text = to_string(cursor.version);
    if (cursor.place)
        text += '.' + std::to_string(cursor.place->slot) + '-' + std::to_string(cursor.place->seen);
    return text;
}

}  // namespace treecast::proxy
