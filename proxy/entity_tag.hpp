// Entity tags: what names the bytes of a representation in HTTP. Pure.
//
// The tag of a file is `"` + the first 16 bytes of its SHA-256 in hexadecimal + `"`; another
// content coding of the same bytes appends `-CODING` inside the quotes.
#pragma once

#include <treecast/sha256.hpp>

#include <boost/container/small_vector.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::proxy {

using TagHash = std::array<std::uint8_t, 16>;

TagHash tag_hash(const Sha256& hash) noexcept;
/// The strong tag of the identity coding, with its quotes.
std::string entity_tag(const Sha256& hash);

/// The value of If-None-Match, reduced to what can match: `*`, and the hashes of tags of ours.
/// The comparison is weak and matches the tag of any coding.
class TagList {
public:
    static TagList parse(std::string_view field);

    bool matches(const Sha256& hash) const noexcept;
    bool any() const noexcept { return any_; }

    friend bool operator==(const TagList&, const TagList&) = default;

private:
    bool any_ = false;
    boost::container::small_vector<TagHash, 1> hashes_;
};

}  // namespace treecast::proxy
