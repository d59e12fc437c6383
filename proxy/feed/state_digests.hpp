// Has the digests of topics' states made by the maker, and has the hashes loaded that they lack.
// One thread.
#pragma once

#include "proxy/feed/feed_topics.hpp"
#include "proxy/feed/state_digest.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/maker.hpp"
#include "proxy/source/want_sender.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

namespace treecast::proxy {

class StateDigests {
public:
    /// `ended` is called when find() has a digest for the topic, or when it was given up.
    StateDigests(
        boost::asio::io_context& context,
        Attachment& attachment,
        Maker& maker,
        WantSender& wants,
        FeedTopics& topics,
        std::chrono::milliseconds load_timeout,
        std::function<void(FeedTopic&, bool is_made)> ended
    );

    /// The digest of a topic's state; null if it is not made. It is begun then, if it `may_begin`.
    const MadePage* find(FeedTopic& topic, bool may_begin);
    /// When the digest is no longer waited for; the time moves on while hashes are loaded. Empty if
    /// it is not being made.
    std::optional<Clock::time_point> deadline(FeedTopic& topic) const;
    void loaded(ipc::FileId file);
    /// Ends what has passed its deadline. To be called now and then.
    void expire();
    /// Nobody waits for it any more.
    void abandon(FeedTopic& topic) { works_.erase(&topic); }
    /// Ends all: the catalog was replaced.
    void clear() { works_.clear(); }

private:
    /// What the maker is to read. Its job does nothing if this is gone before it begins.
    struct Reading {
        std::shared_ptr<const Interest> interest;
        ipc::CatalogReader catalog;
    };
    /// A digest that is being made.
    struct Work {
        Work(std::uint64_t number_, FeedTopics& topics, FeedTopic& topic)
            : number(number_), use(topics, topic) {}

        const std::uint64_t number;  // readings of earlier works of the topic are dropped
        const FeedTopics::Use use;
        std::shared_ptr<const Reading> reading{};
        Clock::time_point deadline{};
        std::uint64_t changes = 0;                   // the topic's when the reading began
        std::vector<ipc::FileId> unhashed{};         // to be loaded before it is read again
        std::unordered_set<std::uint64_t> wanted{};  // those of them that are being loaded
        std::unordered_set<std::uint64_t> loaded{};  // whatever came of it
    };

    void begin_reading(FeedTopic& topic, Work& work);
    void end_reading(FeedTopic& topic, std::uint64_t number, const StateReading& reading);
    void want_hashes(Work& work);
    void end_work(FeedTopic& topic, bool is_made);

    boost::asio::io_context& context_;
    Attachment& attachment_;
    Maker& maker_;
    WantSender& wants_;
    FeedTopics& topics_;
    const std::chrono::milliseconds load_timeout_;
    const std::function<void(FeedTopic&, bool is_made)> ended_;
    std::map<FeedTopic*, Work> works_;
    std::uint64_t numbers_ = 0;
};

}  // namespace treecast::proxy
