// Parses the query of a URL as form-encoded `name=value` pairs. Pure.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// The parameter that a 400 names, and the reason.
struct QueryRefusal {
    std::string parameter;
    std::string reason;  // follows the parameter's name in a sentence, without its full stop
};

/// Accepts one parameter and returns null, or returns the reason for refusing it.
using SetParameter = std::function<const char*(const std::string& name, const std::string& value)>;

/// Decodes each pair and passes it to `set`; each name may occur once, unless it is one of
/// `repeatable`. Returns nullopt if all were accepted. `_` is ignored, however often it occurs:
/// jQuery and others add it to bypass caches.
std::optional<QueryRefusal> parse_form_query(
    std::string_view text,
    const SetParameter& set,
    std::span<const std::string_view> repeatable = {}
);

}  // namespace treecast::proxy
