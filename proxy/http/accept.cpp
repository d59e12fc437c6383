#include "proxy/http/accept.hpp"

#include "proxy/http/header_list.hpp"

namespace treecast::proxy {

namespace {

using By = Acceptance::By;

constexpr unsigned whole = 1000;

/// `0`, `1`, and up to three digits behind a point; the whole of 1 if it is anything else.
unsigned weight_in(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.'))
        return whole;
    unsigned weight = text[0] == '1' ? whole : 0;
    unsigned unit = whole / 10;
    for (const char digit : text.substr(text.size() > 1 ? 2 : 1)) {
        if (digit < '0' || digit > '9')
            return whole;
        weight += static_cast<unsigned>(digit - '0') * unit;
        unit /= 10;
    }
    return weight > whole ? whole : weight;
}

unsigned weight_of(std::string_view parameters) noexcept {
    while (!parameters.empty()) {
        const std::string_view parameter = take_element(parameters, ';');
        if (parameter.starts_with("q=") || parameter.starts_with("Q="))
            return weight_in(parameter.substr(2));
    }
    return whole;
}

By how_it_names(std::string_view range, std::string_view type) noexcept {
    if (equals_ignoring_case(range, type))
        return By::its_name;
    if (range == "*/*")
        return By::any_type;
    const auto slash = type.find('/');
    if (range.ends_with("/*") &&
        equals_ignoring_case(range.substr(0, range.size() - 1), type.substr(0, slash + 1)))
        return By::its_family;
    return By::nothing;
}

}  // namespace

Acceptance acceptance_of(std::string_view accept, std::string_view type) noexcept {
    if (trim(accept).empty())
        return {By::any_type, whole};
    Acceptance found;
    while (!accept.empty()) {
        std::string_view parameters = take_element(accept, ',');
        const By by = how_it_names(take_element(parameters, ';'), type);
        if (by > found.by)
            found = {by, weight_of(parameters)};
    }
    return found;
}

}  // namespace treecast::proxy
