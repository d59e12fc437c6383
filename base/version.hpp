// `EPOCH.REVISION`: a version of a file, and, with the instance's revision, a cursor.
//
// The epoch is a random 64-bit number drawn whenever the catalog could not be adopted; it is
// written as 16 lower-case hexadecimal digits. The revision is the instance's 64-bit counter,
// `max(previous + 1, now in us)`; it is written in decimal. The text form is the only one on the
// wire; clients compare versions for equality and pass them back unread.
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

/// Accepts exactly what `to_string` makes: 16 hexadecimal digits, a dot, decimal without leading
/// zeros, and nothing else. Otherwise Errc::invalid_version.
[[nodiscard]] Result<Version> parse_version(std::string_view text);
std::string to_string(Version version);

}  // namespace treecast
