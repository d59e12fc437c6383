// Parses the `Accept` header field (RFC 9110, 12.5.1). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace treecast::proxy {

/// How much the client wants an answer of some media type.
struct Acceptance {
    /// Which of the field's ranges says so: the most specific one counts.
    enum class By : std::uint8_t {
        nothing,     // none: the type is refused, unless there is no field at all
        any_type,    // */*, or there is no field
        its_family,  // TYPE/*
        its_name,    // TYPE/SUBTYPE, whatever its parameters are
    };
    By by = By::nothing;
    unsigned quality = 0;  // thousandths: 0 (refused) to 1000

    friend bool operator==(const Acceptance&, const Acceptance&) = default;
};

/// `accept`: the field's value; empty: there is none. `type`: TYPE/SUBTYPE. A weight that is
/// malformed counts as 1.
Acceptance acceptance_of(std::string_view accept, std::string_view type) noexcept;

}  // namespace treecast::proxy
