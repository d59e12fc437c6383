// The part of ArchiveService that keeps topics up to date with the log.
#include "proxy/archive/archive_service.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// A held archive is made so long after the first change at most.
constexpr Clock::duration settle_max = 1s;
/// What nobody has asked for this long is not kept.
constexpr Clock::duration idle_max = 10min;

}  // namespace

/// A request is answered with what there is when it comes, whether the bell was heard or not.
void ArchiveService::catch_up(ArchiveTopic& topic) {
    const ipc::CatalogReader& catalog = *attachment_.catalog();
    const std::uint64_t newest = catalog.newest_revision();
    // Changes before the topic began were passed to none. What another worker is just packing for
    // it may be older than they are.
    if (topic.changed_at == 0)
        topic.changed_at = newest;
    if (!topic.made)
        return;
    const std::uint64_t since = std::max({topic.read_until, topic.made->revision, passed_until_});
    if (newest <= since)
        return;
    topic.read_until = newest;
    std::vector<ipc::LogRecord> log;
    if (!catalog.changes_since(since, log))
        return note_change(topic, newest);
    std::uint64_t concerns_it = 0;
    for (const ipc::LogRecord& change : log)
        if (const auto path = catalog.path(change.file);
            !path || path->starts_with(topic.target.prefix))
            concerns_it = change.revision;
    if (concerns_it != 0)
        note_change(topic, concerns_it);
}

void ArchiveService::changed(std::span<const ipc::LogRecord> changes) {
    std::unordered_map<ArchiveTopic*, std::uint64_t> newest;
    if (!topics_.empty())
        for (const ipc::LogRecord& change : changes)
            for (ArchiveTopic* const each : topics_.above(attachment_.catalog()->path(change.file)))
                newest[each] = change.revision;
    for (const auto& [topic, revision] : newest)
        note_change(*topic, revision);
    if (!changes.empty())
        passed_until_ = std::max(passed_until_, changes.back().revision);
}

/// The topic may be gone afterwards, unless it is used.
void ArchiveService::note_change(ArchiveTopic& topic, std::uint64_t revision) {
    const ArchiveTopics::Use use(topics_, topic);
    topic.changed_at = std::max(topic.changed_at, revision);
    if (!topic.made || revision <= topic.made->revision)
        return;
    pin(topic);
    if (topic.has_waiters())
        return settle_soon(topic, settle_after);
    // Nobody waits for the next state, so nothing is kept of this one.
    const auto last = shared_.exchange.last(topic.target.name);
    if (!topic.is_asked && (!last || last->revision < revision))
        shared_.contents.remove(content_key(topic.target.name));
}

/// What is being sent of a state that is superseded counts as pinned.
void ArchiveService::pin(ArchiveTopic& topic) {
    if (const auto content = topic.content.lock())
        content->pin();
}

void ArchiveService::everything_changed(Cause cause) {
    if (cause == Cause::catalog_replaced) {
        makings_.end_all();
        passed_until_ = 0;
    }
    for (ArchiveTopic* const topic : topics_.all()) {
        const ArchiveTopics::Use use(topics_, *topic);
        switch (cause) {
            case Cause::scan_completed:
                break;
            case Cause::log_overrun:
                note_change(*topic, attachment_.catalog()->newest_revision());
                break;
            case Cause::catalog_replaced:
                pin(*topic);
                topic->made = nullptr;
                topic->changed_at = attachment_.catalog()->newest_revision();
                topic->read_until = 0;
                if (!topic->has_waiters())
                    shared_.contents.remove(content_key(topic->target.name));
                break;
        }
        if (topic->has_waiters() && !topic->is_current())
            settle_soon(*topic, settle_after);
    }
}

void ArchiveService::settle_soon(ArchiveTopic& topic, Clock::duration after) {
    if (topic.is_asked)
        return;  // take() comes back to it
    const auto now = Clock::now();
    if (topic.first_change == Clock::time_point{})
        topic.first_change = now;
    topic.settle_timer.expires_at(std::min(topic.first_change + settle_max, now + after));
    topic.settle_timer.async_wait(
        [this, name = topic.target.name](const boost::system::error_code& error) {
            ArchiveTopic* const settled = error ? nullptr : topics_.find(name);
            if (settled != nullptr && settled->has_waiters())
                ask(*settled);
        }
    );
}

void ArchiveService::housekeep() {
    makings_.housekeep();
    const auto now = Clock::now();
    for (ArchiveTopic* const topic : topics_.all()) {
        const ArchiveTopics::Use use(topics_, *topic);
        if (topic->has_waiters() || topic->is_asked || now < topic->used_at + idle_max)
            continue;
        topic->made = nullptr;
        shared_.contents.remove(content_key(topic->target.name));
    }
}

}  // namespace treecast::proxy
