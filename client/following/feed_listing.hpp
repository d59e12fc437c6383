// The files that the answers of a feed list, put together for `treecast ls`. Pure.
#pragma once

#include "client/following/feed_answer.hpp"

#include <map>
#include <string>

namespace treecast::client {

class FeedListing {
public:
    /// Without their paths; in the order of the paths' bytes.
    using Files = std::map<std::string, FeedChange>;

    void apply(FeedAnswer answer);
    /// A state that the tree had, once the last answer had no `more`.
    const Files& files() const noexcept { return files_; }

private:
    Files files_;
};

}  // namespace treecast::client
