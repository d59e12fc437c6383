#include "proxy/archive/archive_topics.hpp"

#include <utility>

namespace treecast::proxy {

ArchiveTopic& ArchiveTopics::topic_of(const ArchiveTarget& target) {
    if (ArchiveTopic* const topic = find(target.name))
        return *topic;
    auto owned = std::make_unique<ArchiveTopic>(context_, target);
    ArchiveTopic& topic = *owned;
    by_name_.emplace(target.name, std::move(owned));
    by_prefix_.emplace(target.prefix, &topic);
    return topic;
}

ArchiveTopic* ArchiveTopics::find(const std::string& name) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second.get();
}

void ArchiveTopics::add(ArchiveTopic& topic, ArchiveWaiter& waiter) {
    waiter.topic = &topic;
    topic.waiting.push_back(waiter);
    ++topic.uses;
    ++waiters_;
}

void ArchiveTopics::remove(ArchiveWaiter& waiter) {
    if (waiter.topic == nullptr)
        return;
    waiter.unlink();
    --waiters_;
    release(*std::exchange(waiter.topic, nullptr));
}

void ArchiveTopics::release(ArchiveTopic& topic) {
    if (--topic.uses != 0 || topic.is_asked)
        return;
    if (topic.is_current() && topic.made->kind == MadeArchive::Kind::present)
        return;
    const auto range = by_prefix_.equal_range(topic.target.prefix);
    for (auto it = range.first; it != range.second; ++it)
        if (it->second == &topic) {
            by_prefix_.erase(it);
            break;
        }
    by_name_.erase(by_name_.find(topic.target.name));
}

std::vector<ArchiveTopic*> ArchiveTopics::above(const std::optional<std::string>& path) const {
    if (!path)
        return all();
    std::vector<ArchiveTopic*> topics;
    std::string prefix;
    for (;;) {
        const auto range = by_prefix_.equal_range(prefix);
        for (auto it = range.first; it != range.second; ++it)
            topics.push_back(it->second);
        const auto slash = path->find('/', prefix.size());
        if (slash == path->npos)
            return topics;
        prefix = path->substr(0, slash + 1);
    }
}

std::vector<ArchiveTopic*> ArchiveTopics::all() const {
    std::vector<ArchiveTopic*> topics;
    topics.reserve(by_name_.size());
    for (const auto& [name, topic] : by_name_)
        topics.push_back(topic.get());
    return topics;
}

}  // namespace treecast::proxy
