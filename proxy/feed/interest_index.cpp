#include "proxy/feed/interest_index.hpp"

#include <algorithm>
#include <iterator>

namespace treecast::proxy {

namespace {

std::size_t hash_of(std::string_view path) {
    return std::hash<std::string_view>()(path);
}

}  // namespace

void InterestIndex::add(FeedTopic& topic, const Interest& interest) {
    for (std::size_t i = 0; i < interest.paths().size(); ++i)
        by_path_.insert({hash_of(interest.paths()[i]), &topic, &interest});
    for (std::string& root : interest.roots())
        by_root_[std::move(root)].push_back({&topic, &interest});
}

void InterestIndex::remove(FeedTopic& topic, const Interest& interest) {
    const auto is_of_topic = [&topic](const Entry& entry) {
        return entry.topic == &topic;
    };
    for (std::size_t i = 0; i < interest.paths().size(); ++i)
        by_path_.erase({hash_of(interest.paths()[i]), &topic, &interest});
    for (const std::string& root : interest.roots()) {
        const auto at = by_root_.find(root);
        if (at == by_root_.end())
            continue;
        std::erase_if(at->second, is_of_topic);
        if (at->second.empty())
            by_root_.erase(at);
    }
}

void InterestIndex::find(std::string_view path, const std::function<void(FeedTopic&)>& visit)
    const {
    const std::size_t hash = hash_of(path);
    for (auto at = by_path_.lower_bound({.hash = hash}); at != by_path_.end() && at->hash == hash;
         ++at)
        if (at->interest->paths().contains(path))
            visit(*at->topic);

    // The greatest root up to `text` is a prefix of it, or shares some bytes with it: see
    // TextSet::contains_prefix_of(). Here all roots that are prefixes are wanted.
    std::string_view text = path;
    for (;;) {
        const auto next = by_root_.upper_bound(text);
        if (next == by_root_.begin())
            return;
        const auto& [root, entries] = *std::prev(next);
        const auto [rest, _] = std::ranges::mismatch(text, root);
        const auto shared = static_cast<std::size_t>(rest - text.begin());
        if (shared < root.size()) {
            text = text.substr(0, shared);
            continue;
        }
        for (const Entry& entry : entries)
            if (entry.interest->matches(path))
                visit(*entry.topic);
        if (root.empty())
            return;
        text = text.substr(0, shared - 1);
    }
}

}  // namespace treecast::proxy
