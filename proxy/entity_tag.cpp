#include "proxy/entity_tag.hpp"

#include "proxy/file_path.hpp"
#include "proxy/header_list.hpp"

#include <algorithm>
#include <optional>

namespace treecast::proxy {

namespace {

constexpr std::size_t tag_digits = 2 * std::tuple_size_v<TagHash>;

/// The hash in one entity tag, if it can be one of ours.
std::optional<TagHash> hash_in(std::string_view tag) {
    if (tag.starts_with("W/"))
        tag.remove_prefix(2);
    if (tag.size() < tag_digits + 2 || tag.front() != '"' || tag.back() != '"')
        return std::nullopt;
    tag = tag.substr(1, tag.size() - 2);
    if (tag.size() > tag_digits && tag[tag_digits] != '-')
        return std::nullopt;
    TagHash hash{};
    for (std::size_t i = 0; i < hash.size(); ++i) {
        const int high = hex_digit(tag[2 * i]);
        const int low = hex_digit(tag[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        hash[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return hash;
}

}  // namespace

TagHash tag_hash(const Sha256& hash) noexcept {
    TagHash tag{};
    std::copy_n(hash.begin(), tag.size(), tag.begin());
    return tag;
}

std::string entity_tag(const Sha256& hash) {
    return '"' + to_hex(hash).substr(0, tag_digits) + '"';
}

TagList TagList::parse(std::string_view field) {
    TagList list;
    while (!field.empty()) {
        const std::string_view tag = take_element(field);
        if (tag == "*")
            list.any_ = true;
        else if (const auto hash = hash_in(tag))
            list.hashes_.push_back(*hash);
    }
    return list;
}

bool TagList::matches(const Sha256& hash) const noexcept {
    return any_ || std::ranges::find(hashes_, tag_hash(hash)) != hashes_.end();
}

}  // namespace treecast::proxy
