// `EPOCH.REVISION` or `EPOCH.REVISION.PLACE`: how far the holder of a cursor has read. Pure.
#pragma once

#include "base/version.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// How far a snapshot has come.
struct SnapshotPlace {
    /// Behind every entry of a catalog: all is listed, but a publication that is not complete. Then
    /// `seen` is its revision. What its holder has is no state that the tree had until he is sent
    /// the changes up to there.
    static constexpr std::uint32_t end_slot = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t slot = 0;  // of the catalog's entry that was listed last
    std::uint64_t seen = 0;  // the newest change of what was listed or passed over so far

    bool is_end() const noexcept { return slot == end_slot; }

    friend bool operator==(const SnapshotPlace&, const SnapshotPlace&) = default;
};

struct FeedCursor {
    Version version;                     // all changes up to here are known to the holder
    std::optional<SnapshotPlace> place;  // set: only of what was listed up to there

    /// Whether more pages of a snapshot follow, before the changes.
    bool is_within_snapshot() const noexcept { return place && !place->is_end(); }

    friend bool operator==(const FeedCursor&, const FeedCursor&) = default;
};

/// Accepts only what `to_string` returns; PLACE is `SLOT-SEEN`, both decimal.
std::optional<FeedCursor> parse_feed_cursor(std::string_view text);
std::string to_string(const FeedCursor& cursor);

}  // namespace treecast::proxy
