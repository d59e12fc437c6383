#include "client/following/feed_listing.hpp"

#include <utility>

namespace treecast::client {

void FeedListing::apply(FeedAnswer answer) {
    changes_ += answer.changes.size() + 1;
    if (answer.reset) {
        ++resets_;
        files_.clear();
    }
    for (auto& change : answer.changes) {
        std::string path = std::exchange(change.path, {});
        if (change.state == FeedChange::State::deleted)
            files_.erase(path);
        else
            files_.insert_or_assign(std::move(path), std::move(change));
    }
}

}  // namespace treecast::client
