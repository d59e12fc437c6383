// The `Prefer` header field (RFC 7240), of which `wait` is honoured. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace treecast::proxy {

/// The first `wait` among the preferences of one or more `Prefer` fields joined by commas. Other
/// preferences, parameters and a `wait` that is no time are ignored, as the RFC asks.
std::optional<std::chrono::milliseconds> preferred_wait(std::string_view prefer);

}  // namespace treecast::proxy
