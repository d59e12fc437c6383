#include "proxy/http/accept.hpp"

#include "proxy/http/header_list.hpp"
#include "proxy/http/weight.hpp"

namespace treecast::proxy {

namespace {

using By = Acceptance::By;

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
        return {By::any_type, weight_max};
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
