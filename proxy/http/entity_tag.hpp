// Entity tags, which identify the bytes of a representation in HTTP. Pure.
//
// The tag of a file is `"` + the first 16 bytes of its SHA-256 in hexadecimal + `"`; another
// content coding of the same bytes appends `-CODING` inside the quotes.
#pragma once

#include "base/sha256.hpp"
#include "proxy/coding.hpp"

#include <boost/container/small_vector.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace treecast::proxy {

using TagHash = std::array<std::uint8_t, 16>;

TagHash tag_hash(const Sha256& hash) noexcept;
/// The strong tag of a coding of these bytes, in quotes.
std::string entity_tag(const Sha256& hash, Coding coding = Coding::identity);

/// How tags are compared. Both compare byte by byte (RFC 9110, 8.8.3.2).
enum class Comparison : std::uint8_t {
    strong,             // weak tags and tags of other codings never match: If-Match with Range
    strong_any_coding,  // weak tags never match, that of any coding of ours does: If-Match
    weak,               // W/ is ignored, and the tag of any coding matches: If-None-Match
};

/// The value of If-Match or If-None-Match, reduced to what can match: `*` alone, and the hashes of
/// tags that we generated.
class TagList {
public:
    static TagList parse(std::string_view field, Comparison comparison);

    bool matches(const Sha256& hash) const noexcept;
    bool any() const noexcept { return any_; }
    /// Which coding's tag of this hash is listed: `preferred`, else the identity's, else any. The
    /// identity for the tag of a coding that is not ours, and if none is listed.
    Coding coding_of(const Sha256& hash, Coding preferred) const noexcept;

    friend bool operator==(const TagList&, const TagList&) = default;

private:
    bool any_ = false;
    // Two bits for each of the first tags; those behind them count as tags of the identity. There
    // is room for it beside any_.
    std::uint32_t codings_ = 0;
    boost::container::small_vector<TagHash, 1> hashes_;
};

}  // namespace treecast::proxy
