// Parses the `Accept-Encoding` header field (RFC 9110, 12.5.3). Pure.
#pragma once

#include "proxy/coding.hpp"

#include <array>
#include <string_view>

namespace treecast::proxy {

/// What a client accepts, reduced to the codings that we make. It is small, because held requests
/// keep it.
struct AcceptedCodings {
    // The codings that are at least as welcome as the identity, the most welcome one first;
    // `identity`: there is none. Of equally welcome ones zstd is first: it is made sooner.
    Coding first : 2 = Coding::identity;
    Coding second : 2 = Coding::identity;
    bool refuses_identity : 1 = false;

    bool any() const noexcept { return first != Coding::identity; }
    std::array<Coding, 2> in_order() const noexcept { return {first, second}; }
    bool has(Coding coding) const noexcept { return first == coding || second == coding; }

    friend bool operator==(const AcceptedCodings&, const AcceptedCodings&) = default;
};
static_assert(sizeof(AcceptedCodings) == 1);

/// `field`: one or more fields joined by commas; empty without any, when every coding is acceptable
/// by the RFC: then nothing is coded, since the client may not know any. What is listed twice
/// counts as it is listed first.
AcceptedCodings parse_accept_encoding(std::string_view field) noexcept;

}  // namespace treecast::proxy
