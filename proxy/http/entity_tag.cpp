#include "proxy/http/entity_tag.hpp"

#include "proxy/http/header_list.hpp"
#include "proxy/http/request_target.hpp"

#include <algorithm>
#include <optional>

namespace treecast::proxy {

namespace {

constexpr std::size_t tag_digits = 2 * std::tuple_size_v<TagHash>;

/// Removes the first tag from a list and returns it. Unlike in a quoted string, commas and
/// backslashes between its quotes have no meaning (RFC 9110, 8.8.3).
std::string_view take_tag(std::string_view& list) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < list.size() && (quoted || list[end] != ','); ++end)
        quoted = quoted != (list[end] == '"');
    const std::string_view tag = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    return tag;
}

bool is_coding(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

/// Accepts only the spelling of to_hex(); another spelling is another tag.
int tag_digit(char c) noexcept {
    return c >= 'A' && c <= 'F' ? -1 : hex_digit(c);
}

constexpr std::size_t codings_max = 16;  // of a TagList, two bits each

Coding coding_named(std::string_view name) noexcept {
    for (const Coding coding : {Coding::gzip, Coding::zstd})
        if (name == coding_name(coding))
            return coding;
    return Coding::identity;
}

struct ParsedTag {
    TagHash hash{};
    Coding coding = Coding::identity;  // that too for codings that are not ours
};

bool may_follow_the_hash(std::string_view rest, Comparison comparison) noexcept {
    if (rest.empty())
        return true;
    if (comparison == Comparison::strong || rest.front() != '-')
        return false;
    rest.remove_prefix(1);
    return comparison == Comparison::weak ? is_coding(rest)
                                          : coding_named(rest) != Coding::identity;
}

/// One entity tag, if it can be one of ours.
std::optional<ParsedTag> parse_tag(std::string_view tag, Comparison comparison) {
    if (comparison == Comparison::weak && tag.starts_with("W/"))
        tag.remove_prefix(2);
    if (tag.size() < tag_digits + 2 || tag.front() != '"' || tag.back() != '"')
        return std::nullopt;
    tag = tag.substr(1, tag.size() - 2);
    const std::string_view rest = tag.substr(tag_digits);
    if (!may_follow_the_hash(rest, comparison))
        return std::nullopt;
    ParsedTag parsed;
    if (!rest.empty())
        parsed.coding = coding_named(rest.substr(1));
    for (std::size_t i = 0; i < parsed.hash.size(); ++i) {
        const int high = tag_digit(tag[2 * i]);
        const int low = tag_digit(tag[2 * i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        parsed.hash[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return parsed;
}

}  // namespace

TagHash tag_hash(const Sha256& hash) noexcept {
    TagHash tag{};
    std::copy_n(hash.begin(), tag.size(), tag.begin());
    return tag;
}

std::string entity_tag(const Sha256& hash, Coding coding) {
    std::string tag = '"' + to_hex(hash).substr(0, tag_digits);
    if (coding != Coding::identity)
        tag.append("-").append(coding_name(coding));
    return tag + '"';
}

TagList TagList::parse(std::string_view field, Comparison comparison) {
    TagList list;
    list.any_ = trim(field) == "*";
    while (!field.empty())
        if (const auto tag = parse_tag(take_tag(field), comparison)) {
            if (list.hashes_.size() < codings_max)
                list.codings_ |= static_cast<std::uint32_t>(tag->coding)
                                 << (2 * list.hashes_.size());
            list.hashes_.push_back(tag->hash);
        }
    return list;
}

bool TagList::matches(const Sha256& hash) const noexcept {
    return any_ || std::ranges::find(hashes_, tag_hash(hash)) != hashes_.end();
}

Coding TagList::coding_of(const Sha256& hash, Coding preferred) const noexcept {
    const TagHash wanted = tag_hash(hash);
    std::optional<Coding> listed;
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
        if (hashes_[i] != wanted)
            continue;
        const auto coding =
            i < codings_max ? static_cast<Coding>(codings_ >> (2 * i) & 3U) : Coding::identity;
        if (coding == preferred)
            return preferred;
        if (!listed || coding == Coding::identity)
            listed = coding;
    }
    return listed.value_or(Coding::identity);
}

}  // namespace treecast::proxy
