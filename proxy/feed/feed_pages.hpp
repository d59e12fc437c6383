// The pages of topics: found where they were made before, else read from the catalog and kept. One
// thread.
#pragma once

#include "proxy/feed/feed_topics.hpp"
#include "proxy/source/attachment.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace treecast::proxy {

class FeedPages {
public:
    FeedPages(Attachment& attachment, FeedTopics& topics)
        : attachment_(attachment), topics_(topics) {}

    /// How a page is to be.
    struct Wish {
        std::size_t limit = 0;
        PageForm form = PageForm::json;
    };
    /// What changed after a revision. `is_held`: the topic knows what changed since, as its
    /// subscriber waited meanwhile, and was notified. nullopt: a publication is under way that
    /// concerns the topic.
    std::optional<MadePage> changes(FeedTopic& topic, std::uint64_t after, Wish wish, bool is_held);
    MadePage snapshot(FeedTopic& topic, SnapshotPlace from, Wish wish);

    /// Each change up to this revision was passed to the topics that it concerns.
    std::uint64_t passed_until() const noexcept { return passed_until_; }
    void pass_until(std::uint64_t revision) noexcept {
        passed_until_ = std::max(passed_until_, revision);
    }
    /// All pages are of the past.
    void restart_at(std::uint64_t revision) noexcept { passed_until_ = revision; }

private:
    const MadePage* find(FeedTopic& topic, const PageKey& key, bool is_held);
    void add(FeedTopic& topic, MadePage& page);

    Attachment& attachment_;
    FeedTopics& topics_;
    std::uint64_t passed_until_ = 0;
};

}  // namespace treecast::proxy
