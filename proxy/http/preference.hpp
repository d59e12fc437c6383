// How long a request asks to be held: by its query, else by its `Prefer` header field (RFC 7240),
// of which only `wait` is used. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace treecast::proxy {

/// Returns the first `wait` in one or more `Prefer` fields joined by commas. It may be a preference
/// or a parameter of another preference: some clients (OPA) send `modes=snapshot,delta;wait=60` and
/// mean a wait, and they poll again at once if they are not held. Everything else is ignored, as
/// the RFC requires, and so is a first `wait` that is no valid time.
std::optional<std::chrono::milliseconds> preferred_wait(std::string_view prefer);

struct RequestedWait {
    std::chrono::milliseconds time{0};
    bool is_preferred = false;  // it came in a Prefer field
};

/// `in_query` is the parameter `wait`, which a Prefer field does not replace. At most `most`.
RequestedWait requested_wait(
    std::optional<std::chrono::milliseconds> in_query,
    std::string_view prefer,
    std::chrono::milliseconds most
);

}  // namespace treecast::proxy
