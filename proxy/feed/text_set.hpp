// A sorted set of texts without NUL, in one block of memory: 5 bytes for each beyond its own. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::proxy {

class TextSet {
public:
    TextSet() = default;
    /// Sorts them by their bytes and drops repeated ones.
    explicit TextSet(std::vector<std::string> texts);

    std::size_t size() const noexcept { return ends_.size(); }
    bool empty() const noexcept { return ends_.empty(); }
    std::string_view operator[](std::size_t index) const noexcept;
    bool contains(std::string_view text) const noexcept;
    /// Whether `text` begins with one of the set.
    bool contains_prefix_of(std::string_view text) const noexcept;
    /// Each text followed by a NUL, which identifies the set.
    const std::string& block() const noexcept { return block_; }

    friend bool operator==(const TextSet& left, const TextSet& right) noexcept {
        return left.block_ == right.block_;
    }

private:
    std::size_t upper_bound(std::string_view text) const noexcept;

    std::string block_;
    std::vector<std::uint32_t> ends_;  // position of each text's NUL
};

}  // namespace treecast::proxy
