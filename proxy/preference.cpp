#include "proxy/preference.hpp"

#include "proxy/header_list.hpp"

#include <treecast/units.hpp>

namespace treecast::proxy {

std::optional<std::chrono::milliseconds> preferred_wait(std::string_view prefer) {
    while (!prefer.empty()) {
        const std::string_view preference = take_element(prefer);
        const std::string_view pair = trim(preference.substr(0, preference.find(';')));
        const auto equals = pair.find('=');
        if (equals == pair.npos || !equals_ignoring_case(trim(pair.substr(0, equals)), "wait"))
            continue;
        std::string_view value = trim(pair.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        const auto wait = parse_duration(value);
        if (!wait)
            return std::nullopt;  // the first one counts, even if it makes no sense
        return *wait;
    }
    return std::nullopt;
}

}  // namespace treecast::proxy
