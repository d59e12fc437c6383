#include "proxy/http/preference.hpp"

#include "base/units.hpp"
#include "proxy/http/header_list.hpp"

#include <algorithm>
#include <string>

namespace treecast::proxy {

namespace {

/// The characters of a token, or of a quoted string without its quotes and escapes.
std::string text_of(std::string_view word) {
    if (word.size() < 2 || word.front() != '"' || word.back() != '"')
        return std::string(word);
    std::string text;
    word = word.substr(1, word.size() - 2);
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\\' && i + 1 < word.size())
            ++i;
        text.push_back(word[i]);
    }
    return text;
}

/// The value of `name=value`; nullopt if the pair has another name, or no value.
std::optional<std::string> value_of(std::string_view pair, std::string_view name) {
    const auto equals = pair.find('=');
    if (equals == pair.npos || !equals_ignoring_case(trim(pair.substr(0, equals)), name))
        return std::nullopt;
    return text_of(trim(pair.substr(equals + 1)));
}

/// A number of seconds that overflows is still a wait, which the caller limits.
std::optional<std::chrono::milliseconds> valid_wait(std::string_view text) {
    if (const auto wait = parse_duration(text))
        return *wait;
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos)
        return std::nullopt;
    return std::chrono::milliseconds::max();
}

}  // namespace

std::optional<std::chrono::milliseconds> preferred_wait(std::string_view prefer) {
    while (!prefer.empty()) {
        std::string_view preference = take_element(prefer, ',');
        while (!preference.empty())
            if (const auto value = value_of(take_element(preference, ';'), "wait"))
                return valid_wait(*value);  // the first one counts, even if it makes no sense
    }
    return std::nullopt;
}

RequestedWait requested_wait(
    std::optional<std::chrono::milliseconds> in_query,
    std::string_view prefer,
    std::chrono::milliseconds most
) {
    if (in_query)
        return {std::min(*in_query, most)};
    if (const auto preferred = preferred_wait(prefer))
        return {std::min(*preferred, most), true};
    return {};
}

}  // namespace treecast::proxy
