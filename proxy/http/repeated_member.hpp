// Finds a member that a JSON object has twice. Pure.
//
// Boost.JSON keeps the last one of them, and so half of what a client asked for would be dropped in
// silence.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// The first name that the object has twice; objects inside it are not looked at. nullopt if there
/// is none, or if `text` is no JSON object.
std::optional<std::string> repeated_member(std::string_view text);

}  // namespace treecast::proxy
