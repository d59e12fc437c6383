#include "proxy/files/subscriptions.hpp"

namespace treecast::proxy {

Waiter::~Waiter() {
    if (topic != nullptr)
        topic->subscriptions.remove(*this);
}

void Waiter::wait_is_over() {
    topic->subscriptions.owner().wait_is_over(*this);
}

void Waiter::turn_away() {
    topic->subscriptions.owner().turn_away(*this);
}

Topic& Subscriptions::add(std::string_view path, Waiter& waiter) {
    Topic* topic = find(path);
    if (topic == nullptr) {
        auto owned = std::make_unique<Topic>(*this, std::string(path));
        topic = owned.get();
        by_path_.emplace(std::string_view(topic->path), std::move(owned));
    }
    waiter.topic = topic;
    topic->waiting.push_back(waiter);
    ++topic->count;
    return *topic;
}

void Subscriptions::remove(Waiter& waiter) {
    Topic& topic = *waiter.topic;
    waiter.unlink();
    waiter.topic = nullptr;
    release(topic);
}

void Subscriptions::release(Topic& topic) {
    if (--topic.count != 0)
        return;
    bind(topic, std::nullopt);
    by_path_.erase(by_path_.find(std::string_view(topic.path)));
}

void Subscriptions::bind(Topic& topic, std::optional<ipc::FileId> file) {
    if (topic.file == file)
        return;
    if (topic.file) {
        // The id may have been given to another path's topic meanwhile.
        const auto found = by_file_.find(topic.file->value);
        if (found != by_file_.end() && found->second == &topic)
            by_file_.erase(found);
    }
    topic.file = file;
    if (file)
        by_file_[file->value] = &topic;
}

Topic* Subscriptions::find(ipc::FileId file) const {
    const auto found = by_file_.find(file.value);
    return found == by_file_.end() ? nullptr : found->second;
}

Topic* Subscriptions::find(std::string_view path) {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : found->second.get();
}

}  // namespace treecast::proxy
