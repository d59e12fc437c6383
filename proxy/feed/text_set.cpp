#include "proxy/feed/text_set.hpp"

#include <algorithm>

namespace treecast::proxy {

TextSet::TextSet(std::vector<std::string> texts) {
    std::ranges::sort(texts);
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    std::size_t bytes = 0;
    for (const std::string& text : texts)
        bytes += text.size() + 1;
    block_.reserve(bytes);
    ends_.reserve(texts.size());
    for (const std::string& text : texts) {
        block_ += text;
        ends_.push_back(static_cast<std::uint32_t>(block_.size()));
        block_ += '\0';
    }
}

std::string_view TextSet::operator[](std::size_t index) const noexcept {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1] + 1;
    return std::string_view(block_).substr(begin, ends_[index] - begin);
}

/// The index of the first text that is greater.
std::size_t TextSet::upper_bound(std::string_view text) const noexcept {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if ((*this)[middle] <= text)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool TextSet::contains(std::string_view text) const noexcept {
    const std::size_t next = upper_bound(text);
    return next != 0 && (*this)[next - 1] == text;
}

/// The greatest member up to `text` is a prefix of it, or it shares some bytes with it. Every
/// prefix of `text` that is less than this member is then a prefix of those bytes. So each round
/// looks for a shorter text, and there are at most as many as `text` has bytes.
bool TextSet::contains_prefix_of(std::string_view text) const noexcept {
    for (;;) {
        const std::size_t next = upper_bound(text);
        if (next == 0)
            return false;
        const std::string_view below = (*this)[next - 1];
        const auto [rest, _] = std::ranges::mismatch(text, below);
        const auto shared = static_cast<std::size_t>(rest - text.begin());
        if (shared == below.size())
            return true;
        text = text.substr(0, shared);
    }
}

}  // namespace treecast::proxy
