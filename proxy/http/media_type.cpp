#include "proxy/http/media_type.hpp"

#include "proxy/http/header_list.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

bool take(std::string_view& text, char c) noexcept {
    const bool is_there = text.starts_with(c);
    if (is_there)
        text.remove_prefix(1);
    return is_there;
}

bool take_token(std::string_view& text) noexcept {
    const auto end = std::ranges::find_if_not(text, is_token_character);
    const auto length = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(length);
    return length > 0;
}

/// What is behind the opening quote, and the closing one.
bool take_quoted_rest(std::string_view& text) noexcept {
    while (!text.empty() && text.front() >= ' ' && text.front() <= '~') {
        if (take(text, '"'))
            return true;
        take(text, '\\');
        if (text.empty() || text.front() < ' ' || text.front() > '~')
            return false;
        text.remove_prefix(1);
    }
    return false;
}

void take_blanks(std::string_view& text) noexcept {
    while (take(text, ' ')) {
    }
}

bool take_parameter(std::string_view& text) noexcept {
    take_blanks(text);
    if (!take(text, ';'))
        return false;
    take_blanks(text);
    return take_token(text) && take(text, '=') &&
           (take(text, '"') ? take_quoted_rest(text) : take_token(text));
}

}  // namespace

bool is_media_type(std::string_view text) noexcept {
    if (!take_token(text) || !take(text, '/') || !take_token(text))
        return false;
    while (!text.empty())
        if (!take_parameter(text))
            return false;
    return true;
}

}  // namespace treecast::proxy
