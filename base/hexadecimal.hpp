// Whole words in hexadecimal, as epochs and the names of segments are written.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace treecast {

/// 16 lower-case digits, leading zeros included. Not by snprintf(3): this is on the path of every
/// change, and there each page of code that has gone cold costs.
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
