#include "proxy/feed/feed_end.hpp"

#include <algorithm>

namespace treecast::proxy {

FeedEnd end_of_answer(FeedEnd listed, std::uint64_t sent, std::uint64_t newest) noexcept {
    FeedCursor& cursor = listed.cursor;
    if (sent <= cursor.version.revision)
        return listed;
    listed.more = true;
    if (cursor.place)
        cursor.place->seen = std::max(cursor.place->seen, sent);
    else if (sent > newest)
        cursor.place = SnapshotPlace{SnapshotPlace::end_slot, sent};
    return listed;
}

}  // namespace treecast::proxy
