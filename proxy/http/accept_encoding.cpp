#include "proxy/http/accept_encoding.hpp"

#include "proxy/http/header_list.hpp"
#include "proxy/http/weight.hpp"

#include <optional>

namespace treecast::proxy {

namespace {

struct Weights {
    std::optional<unsigned> gzip;
    std::optional<unsigned> zstd;
    std::optional<unsigned> identity;
    std::optional<unsigned> any_other;

    std::optional<unsigned>* of(std::string_view name) noexcept {
        if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip"))
            return &gzip;
        if (equals_ignoring_case(name, "zstd"))
            return &zstd;
        if (equals_ignoring_case(name, "identity"))
            return &identity;
        return name == "*" ? &any_other : nullptr;
    }
};

}  // namespace

AcceptedCodings parse_accept_encoding(std::string_view field) noexcept {
    Weights weights;
    while (!field.empty()) {
        std::string_view element = take_element(field, ',');
        std::optional<unsigned>* const known = weights.of(take_element(element, ';'));
        if (known != nullptr && !*known)
            *known = weight_of(element);
    }
    // The identity is acceptable unless it is refused; without a weight of its own every coding
    // that is acceptable is more welcome.
    const unsigned identity = weights.identity.value_or(weights.any_other == 0U ? 0U : 1U);
    const unsigned others = weights.any_other.value_or(0U);
    const unsigned gzip = weights.gzip.value_or(others);
    const unsigned zstd = weights.zstd.value_or(others);
    const bool takes_gzip = gzip > 0 && gzip >= identity;
    const bool takes_zstd = zstd > 0 && zstd >= identity;

    AcceptedCodings accepted;
    accepted.refuses_identity = identity == 0;
    if (takes_zstd && takes_gzip) {
        accepted.first = gzip > zstd ? Coding::gzip : Coding::zstd;
        accepted.second = gzip > zstd ? Coding::zstd : Coding::gzip;
    } else if (takes_zstd || takes_gzip) {
        accepted.first = takes_zstd ? Coding::zstd : Coding::gzip;
    }
    return accepted;
}

}  // namespace treecast::proxy
