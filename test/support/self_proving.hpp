// Contents that contain their own length and checksum, so that a test can check that they are
// complete.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace treecast::test {

namespace detail {

struct Proof {
    std::uint64_t length = 0;
    std::uint64_t checksum = 0;
};

/// A checksum over whole words, which changes if any word is replaced.
inline std::uint64_t checksum_of(std::string_view body) {
    std::uint64_t sum = body.size();
    for (std::size_t at = 0; at < body.size(); at += sizeof sum) {
        std::uint64_t word = 0;
        std::memcpy(&word, body.data() + at, std::min(sizeof word, body.size() - at));
        sum = (sum ^ word) * 0x9E3779B97F4A7C15U;
        sum ^= sum >> 29;
    }
    return sum;
}

}  // namespace detail

inline constexpr std::size_t self_proving_bytes_min = sizeof(detail::Proof);

/// A content of `bytes` bytes (at least self_proving_bytes_min), different for each `seed`.
inline std::string self_proving(std::size_t bytes, std::uint64_t seed) {
    std::string content(bytes, '\0');
    std::uint64_t word = seed * 2 + 1;
    for (std::size_t at = self_proving_bytes_min; at < bytes; at += sizeof word) {
        word *= 0xD1342543DE82EF95U;
        std::memcpy(content.data() + at, &word, std::min(sizeof word, bytes - at));
    }
    const detail::Proof proof{
        .length = bytes,
        .checksum = detail::checksum_of(std::string_view(content).substr(self_proving_bytes_min))};
    std::memcpy(content.data(), &proof, sizeof proof);
    return content;
}

inline bool proves_itself(std::string_view content) {
    detail::Proof proof;
    if (content.size() < sizeof proof)
        return false;
    std::memcpy(&proof, content.data(), sizeof proof);
    return proof.length == content.size() &&
           proof.checksum == detail::checksum_of(content.substr(sizeof proof));
}

}  // namespace treecast::test
