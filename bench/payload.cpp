#include "bench/payload.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace treecast::bench {

namespace {

constexpr std::size_t stamp_digits = 16;

std::string from_stamp(std::uint64_t stamp, std::size_t bytes) {
    std::array<char, payload_bytes_min + 1> text{};
    std::snprintf(text.data(), text.size(), "%016llx\n", static_cast<unsigned long long>(stamp));
    std::string payload(bytes, '\0');
    std::memcpy(payload.data(), text.data(), payload_bytes_min);
    std::uint64_t state = stamp * 0x9E3779B97F4A7C15U + 1;
    for (std::size_t at = payload_bytes_min; at < bytes; at += sizeof state) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        std::memcpy(payload.data() + at, &state, std::min(sizeof state, bytes - at));
    }
    return payload;
}

}  // namespace

std::string make_payload(std::uint32_t file, std::uint32_t round, std::size_t bytes) {
    return from_stamp(std::uint64_t{file} << 32U | round, bytes);
}

bool is_payload(std::string_view bytes, std::uint32_t file) {
    std::uint64_t stamp = 0;
    if (bytes.size() < payload_bytes_min)
        return false;
    const auto read = std::from_chars(bytes.data(), bytes.data() + stamp_digits, stamp, 16);
    return read.ptr == bytes.data() + stamp_digits && stamp >> 32U == file &&
           bytes == from_stamp(stamp, bytes.size());
}

}  // namespace treecast::bench
