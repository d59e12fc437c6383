// Writes 64-bit words in hexadecimal, for epochs and names of segments.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace treecast {

/// 16 lower-case digits, leading zeros included. Does not call snprintf(3): every change needs a
/// name, and each cold page of code on that path costs time.
class HexWord {
public:
    explicit constexpr HexWord(std::uint64_t word) noexcept {
        for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit, word >>= 4U)
            *digit = "0123456789abcdef"[word & 15U];
    }
    constexpr std::string_view view() const noexcept { return {digits_.data(), digits_.size()}; }

private:
    std::array<char, 16> digits_{};
};

}  // namespace treecast
