// Bytes without a pattern, the same for the same count and seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace treecast::test {

inline std::string random_bytes(std::size_t count, std::uint64_t seed = 0) {
    std::mt19937_64 generator(count + seed);
    std::string bytes(count, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(generator());
    return bytes;
}

}  // namespace treecast::test
