#include "proxy/http/weight.hpp"

#include "proxy/http/header_list.hpp"

namespace treecast::proxy {

namespace {

/// `0`, `1`, and up to three digits behind a point; the whole of 1 if it is anything else.
unsigned weight_in(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.'))
        return weight_max;
    unsigned weight = text[0] == '1' ? weight_max : 0;
    unsigned unit = weight_max / 10;
    for (const char digit : text.substr(text.size() > 1 ? 2 : 1)) {
        if (digit < '0' || digit > '9')
            return weight_max;
        weight += static_cast<unsigned>(digit - '0') * unit;
        unit /= 10;
    }
    return weight > weight_max ? weight_max : weight;
}

}  // namespace

unsigned weight_of(std::string_view parameters) noexcept {
    while (!parameters.empty()) {
        const std::string_view parameter = take_element(parameters, ';');
        if (parameter.starts_with("q=") || parameter.starts_with("Q="))
            return weight_in(parameter.substr(2));
    }
    return weight_max;
}

}  // namespace treecast::proxy
