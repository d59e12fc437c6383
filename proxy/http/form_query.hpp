// The query of a URL as form-encoded `name=value` pairs. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// What a 400 says of a parameter.
struct QueryRefusal {
    std::string parameter;
    std::string reason;  // follows the parameter's name in a sentence, without its full stop
};

/// Takes one parameter; why it is refused, or null.
using TakeParameter = std::function<const char*(const std::string& name, const std::string& value)>;

/// Decodes each pair and hands it to `take`, each name at most once. nullopt: all were taken.
/// `_` is passed over, however often: jQuery and others add it to get past caches.
std::optional<QueryRefusal> parse_form_query(std::string_view text, const TakeParameter& take);

}  // namespace treecast::proxy
