// Whoever is notified of the changes of a topic: a held request, or a stream of events. One thread.
#pragma once

#include <boost/intrusive/list.hpp>

#include <cstdint>

namespace treecast::proxy {

class FeedTopics;
struct FeedTopic;
struct FeedTurn;

class FeedSubscriber : public boost::intrusive::list_base_hook<
                           boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    enum class Kind : std::uint8_t {
        request,  // one that stays after its evaluation needs to know what changed before it
        stream,   // finds what it missed in the log
    };

    FeedSubscriber(const FeedSubscriber&) = delete;
    FeedSubscriber& operator=(const FeedSubscriber&) = delete;

    /// Something that concerns its topic has changed since the last call. It may be destroyed by
    /// this.
    virtual void evaluate(FeedTurn& turn) = 0;
    /// The digest of the topic's state could not be made.
    virtual void digest_was_given_up() noexcept {}

    const Kind kind;
    // As FeedTopics::add() sets them.
    FeedTopics* topics = nullptr;
    FeedTopic* topic = nullptr;

protected:
    explicit FeedSubscriber(Kind kind_) noexcept : kind(kind_) {}
    ~FeedSubscriber();  // leaves its topic
};

}  // namespace treecast::proxy
