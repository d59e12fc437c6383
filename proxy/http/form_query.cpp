#include "proxy/http/form_query.hpp"

#include "proxy/http/request_target.hpp"

#include <algorithm>
#include <vector>

namespace treecast::proxy {

namespace {

/// application/x-www-form-urlencoded; nullopt for a bad escape.
std::optional<std::string> form_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            decoded.push_back(' ');
        } else if (text[i] == '%') {
            if (i + 2 >= text.size())
                return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            decoded.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            decoded.push_back(text[i]);
        }
    }
    return decoded;
}

}  // namespace

std::optional<QueryRefusal> parse_form_query(
    std::string_view text,
    const SetParameter& set,
    std::span<const std::string_view> repeatable
) {
    std::vector<std::string> seen;
    while (!text.empty()) {
        const auto end = text.find('&');
        const auto pair = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
        if (pair.empty())
            continue;
        const auto equals = pair.find('=');
        const auto name = form_decode(pair.substr(0, equals));
        if (!name)
            return QueryRefusal{std::string(pair.substr(0, equals)), "has a bad escape"};
        if (*name == "_")
            continue;
        const auto value =
            form_decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1));
        if (!value)
            return QueryRefusal{*name, "has a bad escape"};
        if (std::ranges::find(repeatable, *name) == repeatable.end()) {
            if (std::ranges::find(seen, *name) != seen.end())
                return QueryRefusal{*name, "is given more than once"};
            seen.push_back(*name);
        }
        if (const char* const reason = set(*name, *value))
            return QueryRefusal{*name, reason};
    }
    return std::nullopt;
}

}  // namespace treecast::proxy
