#include "proxy/feed/feed_dispatcher.hpp"

#include "proxy/feed/feed_turn.hpp"

namespace treecast::proxy {

namespace {

/// What a topic collects for those who wait; if more changes, they read the log.
constexpr std::size_t changed_files_max = 4096;

}  // namespace

FeedDispatcher::FeedDispatcher(boost::asio::io_context& context, Attachment& attachment)
    : attachment_(attachment),
      pages_(attachment, topics_),
      due_(context, [this](FeedTopic& topic, std::size_t& budget) {
          return evaluate_due(topic, budget);
      }) {}

/// The log is read up to a revision that is published, so a revision is here as a whole
/// (CatalogLookup::changes_since). Otherwise a stream that has sent one of its files would be taken
/// to be level with it, and would not be sent the others.
void FeedDispatcher::changed(std::span<const ipc::LogRecord> changes) {
    bool are_noted = true;
    for (const ipc::LogRecord& change : changes)
        are_noted = note_change(change.file) && are_noted;
    if (!are_noted)
        note_all();
    if (!changes.empty())  // a publication may have none
        pages_.pass_until(changes.back().revision);
}

/// Returns false if it is not known whom the change concerns: the file was deleted, and forgotten
/// since its change was read in the log.
bool FeedDispatcher::note_change(ipc::FileId file) {
    if (topics_.empty())
        return true;
    const auto path = attachment_.catalog()->path(file);
    if (!path)
        return false;
    for (FeedTopic* const topic : topics_.find(*path)) {
        if (topic->changed.size() == changed_files_max)
            topic->is_overrun = true;
        if (topic->is_overrun)
            topic->changed.clear();
        else
            topic->changed.push_back(file);
        make_due(*topic);
    }
    return true;
}

void FeedDispatcher::note_all() {
    for (FeedTopic* const topic : topics_.all()) {
        topic->is_overrun = true;
        make_due(*topic);
    }
}

void FeedDispatcher::everything_changed(ChangeConsumer::Cause cause) {
    note_all();
    if (cause == ChangeConsumer::Cause::catalog_replaced)
        for (FeedTopic* const topic : topics_.all())
            topic->level_until = 0;
    if (cause != ChangeConsumer::Cause::scan_completed)
        pages_.restart_at(attachment_.catalog()->newest_revision());
}

/// Its pages are of the past now. The topic may be gone afterwards.
void FeedDispatcher::make_due(FeedTopic& topic) {
    const FeedTopics::Use use(topics_, topic);
    topics_.drop_pages(topic);
    ++topic.changes;
    wake(topic);
    if (topic.due.empty())
        topic.changed.clear();
}

void FeedDispatcher::wake(FeedTopic& topic) {
    if (topic.due.empty())
        topic.level_until = pages_.passed_until();
    topic.due.splice(topic.due.end(), topic.waiting);
    if (!topic.due.empty())
        due_.add(topic);
}

void FeedDispatcher::evaluate_all(FeedTopic& topic) {
    wake(topic);
    due_.run();
}

bool FeedDispatcher::evaluate_due(FeedTopic& topic, std::size_t& budget) {
    const FeedTopics::Use use(topics_, topic);
    FeedTurn turn;
    while (budget != 0 && !topic.due.empty()) {
        --budget;
        FeedSubscriber& subscriber = topic.due.front();
        subscriber.evaluate(turn);
        if (!topic.due.empty() && &topic.due.front() == &subscriber)  // it stays
            topic.waiting.splice(topic.waiting.end(), topic.due, topic.due.begin());
    }
    if (!topic.due.empty())
        return true;
    // Those who wait for the end of a publication still need to know what changed.
    if (topic.requests == 0) {
        topic.changed.clear();
        topic.is_overrun = false;
    }
    return false;
}

}  // namespace treecast::proxy
