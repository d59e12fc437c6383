// Passes each change to the topics that it concerns, and has their subscribers evaluated, in turns.
// One thread.
//
// No change is missed. Whoever waits for changes joins its topic first, and then the catalog is
// read. Each later change that concerns the topic is found in the log by its path. So a change is
// either seen by that read or found in the log.
#pragma once

#include "proxy/feed/feed_pages.hpp"
#include "proxy/feed/feed_topics.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_consumer.hpp"
#include "proxy/source/due_topics.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <span>

namespace treecast::proxy {

class FeedDispatcher {
public:
    FeedDispatcher(boost::asio::io_context& context, Attachment& attachment);

    FeedTopics& topics() noexcept { return topics_; }
    FeedPages& pages() noexcept { return pages_; }

    // As ChangeConsumer's.
    void changed(std::span<const ipc::LogRecord> changes);
    void everything_changed(ChangeConsumer::Cause cause);
    void end_batch() { due_.run(); }
    /// Evaluates all subscribers of a topic although nothing changed.
    void evaluate_all(FeedTopic& topic);

private:
    bool note_change(ipc::FileId file);
    void note_all();
    void make_due(FeedTopic& topic);
    void wake(FeedTopic& topic);
    bool evaluate_due(FeedTopic& topic, std::size_t& budget);

    Attachment& attachment_;
    FeedTopics topics_;
    FeedPages pages_;
    DueTopics<FeedTopic> due_;
};

}  // namespace treecast::proxy
