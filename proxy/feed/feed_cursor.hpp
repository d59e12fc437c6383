// `EPOCH.REVISION` or `EPOCH.REVISION.PLACE`: how far the holder of a cursor has read. Pure.
#pragma once

#include "base/version.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// How far a snapshot that is read in pages has come.
struct SnapshotPlace {
    std::uint32_t slot = 0;  // of the catalog's entry that was listed last
    std::uint64_t seen = 0;  // the newest change of what was listed or passed over so far

    friend bool operator==(const SnapshotPlace&, const SnapshotPlace&) = default;
};

struct FeedCursor {
    Version version;                     // all changes up to here are known to the holder
    std::optional<SnapshotPlace> place;  // set: only of what was listed up to there

    friend bool operator==(const FeedCursor&, const FeedCursor&) = default;
};

/// Accepts only what `to_string` returns; PLACE is `SLOT-SEEN`, both decimal.
std::optional<FeedCursor> parse_feed_cursor(std::string_view text);
std::string to_string(const FeedCursor& cursor);

}  // namespace treecast::proxy
