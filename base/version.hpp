// `EPOCH.REVISION`: a version of a file or, with the instance's revision, a cursor.
//
// The epoch is a random 64-bit number, written as 16 lower-case hexadecimal digits. Each new
// catalog draws one. The revision is the instance's 64-bit counter, written in decimal. It is
// normally `max(previous + 1, now in us)` (ipc/catalog_publication.hpp). Only the text form goes
// over the wire. Clients compare versions for equality and return them unparsed.
#pragma once

#include "base/error.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace treecast {

struct Version {
    std::uint64_t epoch = 0;
    std::uint64_t revision = 0;

    friend bool operator==(const Version&, const Version&) = default;
};

/// Accepts only what `to_string` returns: 16 hexadecimal digits, a dot, and a decimal number
/// without leading zeros. Any other text is Errc::invalid_version.
[[nodiscard]] Result<Version> parse_version(std::string_view text);
std::string to_string(Version version);

}  // namespace treecast
