// Contents that say which file and round they are of, and prove to be whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::bench {

constexpr std::size_t payload_bytes_min = 17;

/// The content of `file` in `round`, of `bytes` bytes: a stamp that names both, and what follows
/// from the stamp alone.
std::string make_payload(std::uint32_t file, std::uint32_t round, std::size_t bytes);

/// Whether these are the bytes of some round of `file`, complete.
bool is_payload(std::string_view bytes, std::uint32_t file);

}  // namespace treecast::bench
