// The interests that somebody subscribes to, or for which pages were made. One thread.
//
// Equal interests are one topic, so its paths and pages are kept once. A topic exists as long as it
// has subscribers, pages, or a user.
#pragma once

#include "proxy/feed/change_reading.hpp"
#include "proxy/feed/feed_subscriber.hpp"
#include "proxy/feed/interest.hpp"
#include "proxy/feed/interest_index.hpp"
#include "proxy/feed/made_page.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

using FeedSubscriberList =
    boost::intrusive::list<FeedSubscriber, boost::intrusive::constant_time_size<false>>;

struct FeedTopicOrder;
using FeedTopicOrderHook = boost::intrusive::list_base_hook<
    boost::intrusive::tag<FeedTopicOrder>,
    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

using FeedTopicDueHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

struct FeedTopic : FeedTopicDueHook, FeedTopicOrderHook {
    explicit FeedTopic(Interest interest_)
        : interest(std::make_shared<const Interest>(std::move(interest_))) {}
    using FeedTopicDueHook::is_linked;
    using FeedTopicDueHook::unlink;

    const std::shared_ptr<const Interest> interest;  // another thread may read a state of it
    FeedSubscriberList waiting;
    FeedSubscriberList due;  // to be evaluated again; the topic is then among the due topics
    /// Its files that changed since those who wait were last evaluated.
    std::vector<ipc::FileId> changed;
    /// Those who were up to date before they became due had read all changes up to this revision.
    std::uint64_t level_until = 0;
    bool is_overrun = false;      // what changed is not known
    std::uint64_t changes = 0;    // how often something changed
    std::size_t uses = 0;         // subscribers and Uses
    std::size_t requests = 0;     // held ones among its subscribers
    std::vector<MadePage> pages;  // few: see FeedTopics::add_page()
};

class FeedTopics {
public:
    FeedTopics() = default;
    ~FeedTopics();

    /// Keeps a topic alive while it is worked on.
    class Use {
    public:
        Use(FeedTopics& topics, FeedTopic& topic) noexcept : topics_(topics), topic_(topic) {
            ++topic.uses;
        }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        ~Use() { topics_.release(topic_); }

    private:
        FeedTopics& topics_;
        FeedTopic& topic_;
    };

    /// Use it at once: see Use.
    FeedTopic& topic_of(Interest interest);
    void add(FeedTopic& topic, FeedSubscriber& subscriber);
    void remove(FeedSubscriber& subscriber);
    bool empty() const noexcept { return topics_.empty(); }
    bool has_subscribers() const noexcept { return subscribers_ != 0; }

    /// The topics whose interest matches the path, each once.
    std::vector<FeedTopic*> find(std::string_view path) const;
    std::vector<FeedTopic*> all() const;

    /// The pages of all topics, with the interests that they keep, together take at most this many
    /// bytes, but for the newest page. The pages of the topics that were used least recently go
    /// first.
    static constexpr std::size_t page_bytes_max = std::size_t{16} << 20;
    const MadePage* find_page(FeedTopic& topic, const PageKey& key);
    void add_page(FeedTopic& topic, MadePage page);
    void drop_pages(FeedTopic& topic);

private:
    struct Hash {
        std::size_t operator()(const Interest* interest) const noexcept { return interest->hash(); }
    };
    struct Equal {
        bool operator()(const Interest* left, const Interest* right) const noexcept {
            return *left == *right;
        }
    };

    void release(FeedTopic& topic);

    // The key is the topic's own interest.
    std::unordered_map<const Interest*, std::unique_ptr<FeedTopic>, Hash, Equal> topics_;
    InterestIndex index_;
    std::size_t subscribers_ = 0;
    /// The topics with pages, the least recently used one first.
    boost::intrusive::list<
        FeedTopic,
        boost::intrusive::base_hook<FeedTopicOrderHook>,
        boost::intrusive::constant_time_size<false>>
        with_pages_;
    std::size_t page_bytes_ = 0;
};

}  // namespace treecast::proxy
