// The `Prefer` header field (RFC 7240), of which `wait` is honoured. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace treecast::proxy {

/// The first `wait` in one or more `Prefer` fields joined by commas, be it a preference or the
/// parameter of another one: `modes=snapshot,delta;wait=60` is meant as a wait by clients that are
/// out there (OPA), which come back at once if nobody holds them. Everything else, and a first
/// `wait` that is no time, is ignored, as the RFC asks.
std::optional<std::chrono::milliseconds> preferred_wait(std::string_view prefer);

}  // namespace treecast::proxy
