// Where an answer ends whose files may be newer than its list. Pure.
#pragma once

#include "proxy/feed/feed_cursor.hpp"

#include <cstdint>

namespace treecast::proxy {

struct FeedEnd {
    FeedCursor cursor;
    bool more = false;  // the state at `cursor` is not one that the tree had: ask again at once

    friend bool operator==(const FeedEnd&, const FeedEnd&) = default;
};

/// `listed`: the end if each file was as it was listed. `sent`: the newest change of what was sent.
/// `newest`: all changes up to there are published. Files that are newer than the cursor are a part
/// of a state that the holder has when he was sent the changes up to `sent`.
FeedEnd end_of_answer(FeedEnd listed, std::uint64_t sent, std::uint64_t newest) noexcept;

}  // namespace treecast::proxy
