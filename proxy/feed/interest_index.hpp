// Finds the topics whose interest matches a path, without a look at the others. One thread.
//
// Paths are found by their hash, prefixes and globs by what a path must begin with. All globs that
// begin with a wildcard are tried for each path.
#pragma once

#include "proxy/feed/interest.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace treecast::proxy {

struct FeedTopic;

class InterestIndex {
public:
    /// `interest` is that of the topic, and stays in place as long as it is in the index.
    void add(FeedTopic& topic, const Interest& interest);
    void remove(FeedTopic& topic, const Interest& interest);
    bool empty() const noexcept { return by_path_.empty() && by_root_.empty(); }

    /// The topics whose interest matches, some perhaps more than once.
    void find(std::string_view path, const std::function<void(FeedTopic&)>& visit) const;

private:
    struct Entry {
        FeedTopic* topic;
        const Interest* interest;
    };
    using Entries = std::vector<Entry>;
    struct PathEntry {
        std::size_t hash = 0;
        FeedTopic* topic = nullptr;
        const Interest* interest = nullptr;

        friend bool operator<(const PathEntry& left, const PathEntry& right) noexcept {
            return std::tie(left.hash, left.topic, left.interest) <
                   std::tie(right.hash, right.topic, right.interest);
        }
    };

    /// Sorted, so that an entry is removed as fast if ten thousand topics have its path.
    std::set<PathEntry> by_path_;
    std::map<std::string, Entries, std::less<>> by_root_;
};

}  // namespace treecast::proxy
