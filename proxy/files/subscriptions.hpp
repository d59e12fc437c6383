// The waiters of each file. One thread.
//
// A topic is a path that has waiters; the file need not exist yet. Topics are found by path, and
// also by file id while the catalog has an entry for the path. A topic exists as long as it has
// waiters or is held.
#pragma once

#include "ipc/catalog_record.hpp"
#include "proxy/files/waiter.hpp"

#include <boost/intrusive/list.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace treecast::proxy {

using WaiterList = boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>>;

class Subscriptions;

struct Topic
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Topic(Subscriptions& in, std::string path_) : subscriptions(in), path(std::move(path_)) {}

    Subscriptions& subscriptions;
    std::string path;
    std::optional<ipc::FileId> file;  // the catalog entry of the path at the last look
    std::size_t count = 0;            // waiters in all lists, and holds
    WaiterList waiting;
    WaiterList coding;  // those that wait for a coding of what there is now
    WaiterList due;     // to be evaluated again; the topic is then in the list of due topics
};

class Subscriptions {
public:
    /// `owner` handles the events of the waiters.
    explicit Subscriptions(WaiterOwner& owner) : owner_(owner) {}

    WaiterOwner& owner() const noexcept { return owner_; }
    /// Adds a waiter to the topic of the path.
    Topic& add(std::string_view path, Waiter& waiter);
    /// Removes a waiter, and its topic if that has no other waiter and is not held. Called by
    /// ~Waiter.
    void remove(Waiter& waiter);
    /// Keeps a topic alive during work on it, even if all waiters leave. release() ends the hold
    /// and may remove the topic.
    static void hold(Topic& topic) noexcept { ++topic.count; }
    void release(Topic& topic);
    /// Sets the catalog entry that the topic's path has now.
    void bind(Topic& topic, std::optional<ipc::FileId> file);

    Topic* find(ipc::FileId file) const;
    Topic* find(std::string_view path);
    bool empty() const noexcept { return by_path_.empty(); }
    std::size_t topics() const noexcept { return by_path_.size(); }

    template <class Visit>
    void for_each(const Visit& visit) {
        for (auto& [path, topic] : by_path_)
            visit(*topic);
    }

private:
    WaiterOwner& owner_;
    // The key is the topic's own path.
    std::unordered_map<std::string_view, std::unique_ptr<Topic>> by_path_;
    std::unordered_map<std::uint64_t, Topic*> by_file_;
};

}  // namespace treecast::proxy
