// Parses times and sizes in options and queries, and formats counts in messages.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace treecast {

/// `30` and `30s` are seconds, `500ms` milliseconds, `2m` minutes. Digits only: no sign, no
/// fraction. A value that does not fit is Errc::invalid_duration.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `4096` is bytes; the suffixes K, M and G count in 1024.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

/// "1 file", "2 files", "0 files".
std::string counted(std::uint64_t number, std::string_view one, std::string_view several);

}  // namespace treecast
