#include "proxy/feed/feed_topics.hpp"

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

/// A snapshot of some 300,000 files; the oldest page of a topic goes first.
constexpr std::size_t pages_of_topic_max = 64;

std::size_t memory_of(const MadePage& page) {
    return sizeof(MadePage) + sizeof(std::string) + page.size();
}

/// Those who are still being sent it keep it.
void give_up(const MadePage& page) {
    if (page.content && page.content.use_count() > 1)
        page.content->pin();
}

}  // namespace

FeedSubscriber::~FeedSubscriber() {
    if (topic != nullptr)
        topics->remove(*this);
}

FeedTopics::~FeedTopics() = default;

FeedTopic& FeedTopics::topic_of(Interest interest) {
    if (const auto found = topics_.find(&interest); found != topics_.end())
        return *found->second;
    auto owned = std::make_unique<FeedTopic>(std::move(interest));
    FeedTopic& topic = *owned;
    topics_.emplace(topic.interest.get(), std::move(owned));
    index_.add(topic, *topic.interest);
    return topic;
}

void FeedTopics::add(FeedTopic& topic, FeedSubscriber& subscriber) {
    subscriber.topics = this;
    subscriber.topic = &topic;
    topic.waiting.push_back(subscriber);
    ++topic.uses;
    ++subscribers_;
    if (subscriber.kind == FeedSubscriber::Kind::request)
        ++topic.requests;
}

void FeedTopics::remove(FeedSubscriber& subscriber) {
    if (subscriber.topic == nullptr)
        return;
    subscriber.unlink();
    --subscribers_;
    if (subscriber.kind == FeedSubscriber::Kind::request)
        --subscriber.topic->requests;
    release(*std::exchange(subscriber.topic, nullptr));
}

void FeedTopics::release(FeedTopic& topic) {
    if (--topic.uses != 0 || !topic.pages.empty())
        return;
    index_.remove(topic, *topic.interest);
    topics_.erase(topic.interest.get());
}

std::vector<FeedTopic*> FeedTopics::find(std::string_view path) const {
    std::vector<FeedTopic*> found;
    index_.find(path, [&found](FeedTopic& topic) {
        found.push_back(&topic);
    });
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::vector<FeedTopic*> FeedTopics::all() const {
    std::vector<FeedTopic*> topics;
    topics.reserve(topics_.size());
    for (const auto& [interest, topic] : topics_)
        topics.push_back(topic.get());
    return topics;
}

const MadePage* FeedTopics::find_page(FeedTopic& topic, const PageKey& key) {
    const auto found = std::ranges::find(topic.pages, key, &MadePage::key);
    if (found == topic.pages.end())
        return nullptr;
    with_pages_.splice(with_pages_.end(), with_pages_, with_pages_.iterator_to(topic));
    return &*found;
}

void FeedTopics::add_page(FeedTopic& topic, MadePage page) {
    const Use use(*this, topic);
    if (topic.pages.empty())
        page_bytes_ += topic.interest->memory();
    auto replaced = std::ranges::find(topic.pages, page.key, &MadePage::key);
    if (replaced == topic.pages.end() && topic.pages.size() == pages_of_topic_max)
        replaced = topic.pages.begin();
    if (replaced != topic.pages.end()) {
        page_bytes_ -= memory_of(*replaced);
        give_up(*replaced);
        topic.pages.erase(replaced);
    }
    page_bytes_ += memory_of(page);
    topic.pages.push_back(std::move(page));
    topic.FeedTopicOrderHook::unlink();
    with_pages_.push_back(topic);
    while (page_bytes_ > page_bytes_max && &with_pages_.front() != &topic)
        drop_pages(with_pages_.front());
    // The newest one stays, however large: all who wait for it share it.
    while (page_bytes_ > page_bytes_max && topic.pages.size() > 1) {
        page_bytes_ -= memory_of(topic.pages.front());
        give_up(topic.pages.front());
        topic.pages.erase(topic.pages.begin());
    }
}

void FeedTopics::drop_pages(FeedTopic& topic) {
    if (topic.pages.empty())
        return;
    const Use use(*this, topic);
    page_bytes_ -= topic.interest->memory();
    for (const MadePage& page : topic.pages) {
        page_bytes_ -= memory_of(page);
        give_up(page);
    }
    topic.pages.clear();
    topic.FeedTopicOrderHook::unlink();
}

}  // namespace treecast::proxy
