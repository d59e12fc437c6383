// The files that the answers of a feed list, put together for `treecast ls`. Pure.
#pragma once

#include "client/following/feed_answer.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace treecast::client {

class FeedListing {
public:
    /// Without their paths; in the order of the paths' bytes.
    using Files = std::map<std::string, FeedChange>;

    /// A server that begins anew more often, or lists more, has no end.
    static constexpr unsigned resets_max = 10;
    static constexpr std::size_t changes_max = 50'000'000;

    explicit FeedListing(std::size_t most_changes = changes_max) : most_changes_(most_changes) {}

    void apply(FeedAnswer answer);
    /// A state that the tree had, once the last answer had no `more`.
    const Files& files() const noexcept { return files_; }

    /// Whether it is not worth while to ask for more.
    bool is_endless() const noexcept { return resets_ > resets_max || changes_ > most_changes_; }

private:
    std::size_t most_changes_;
    Files files_;
    unsigned resets_ = 0;
    std::size_t changes_ = 0;  // in all answers; each counts as one more, since it may be empty
};

}  // namespace treecast::client
