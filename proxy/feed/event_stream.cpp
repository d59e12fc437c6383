#include "proxy/feed/event_stream.hpp"

#include "proxy/feed/change_reading.hpp"
#include "proxy/feed/event_text.hpp"
#include "proxy/feed/feed_query.hpp"
#include "proxy/feed/feed_topics.hpp"

#include <algorithm>
#include <utility>

namespace treecast::proxy {

namespace {

Part part_of(std::string text) {
    return {.head = std::make_shared<const std::string>(std::move(text))};
}

/// An empty page is none.
Part part_of(const MadePage& page) {
    if (page.content)
        return {.content = page.content, .end = page.content->size()};
    return {.head = page.is_empty() ? nullptr : page.changes};
}

bool is_something(const Part& part) {
    return part.head || part.content;
}

}  // namespace

EventStream::EventStream(
    Connection& of,
    EventSources& sources,
    const std::optional<FeedCursor>& after
)
    : FeedSubscriber(Kind::stream),
      connection_(of),
      sources_(sources),
      cursor_(after),
      beat_at_(Clock::now() + sources.spread.draw_wait(sources.heartbeat_interval)),
      is_in_snapshot_(after && after->place) {
    if (after)
        id_ = after->version.revision;
    if (is_in_snapshot_)
        seen_ = after->place->seen;
}

Stream::Next EventStream::next(Part& part, Clock::time_point& until) {
    const auto now = Clock::now();
    is_parked_ = false;
    if (now >= end_at_)
        return Next::end;
    part = next_part(now);
    if (is_something(part)) {
        beat_at_ = now + sources_.spread.draw_wait(sources_.heartbeat_interval);
        return Next::part;
    }
    is_parked_ = true;
    until = has_news_ ? now : std::min(beat_at_, end_at_);
    return Next::none;
}

// --- What wakes it -------------------------------------------------------------------------

void EventStream::evaluate(FeedTurn& /*turn*/) {
    has_news_ = true;
    if (is_parked_)
        connection_.resume();
    else
        reads_log_ = true;
}

void EventStream::wait_is_over() {
    // A publication may have ended, or a scan, without a bell that was received.
    has_news_ = has_news_ || reads_log_ || is_in_snapshot_;
    connection_.resume();
}

void EventStream::end_by(Clock::time_point at) {
    end_at_ = std::min(end_at_, at);
    connection_.resume();
}

void EventStream::turn_away() {
    end_by(Clock::time_point::min());
}

// --- What it is sent -----------------------------------------------------------------------

Part EventStream::next_part(Clock::time_point now) {
    while (has_news_) {
        if (auto part = next_news(); is_something(part))
            return part;
        // None of many files that a page looked at: others get their turn before the next page.
        if (cursor_ && cursor_->is_within_snapshot())
            break;
    }
    return now >= beat_at_ ? beat() : Part{};
}

/// Takes one step, which may bring nothing to be sent.
Part EventStream::next_news() {
    const ipc::CatalogReader* const catalog = sources_.attachment.catalog();
    if (catalog == nullptr) {
        has_news_ = false;
        return {};
    }
    if (cursor_ && !reads_log_)
        cursor_->version.revision = std::max(cursor_->version.revision, topic->level_until);
    if (cursor_ && is_known(*catalog, *cursor_)) {
        if (cursor_->is_within_snapshot())
            return next_page_of_snapshot();
        if (is_in_snapshot_ && seen_ <= cursor_->version.revision)
            return become_ready();
        const FeedCursor before = *cursor_;
        auto part = next_changes();
        // A deletion may have been forgotten meanwhile.
        if (is_known(*catalog, before))
            return part;
    }
    cursor_.reset();
    if (catalog->scan_complete())
        return begin_snapshot();
    has_news_ = false;
    return {};
}

Part EventStream::begin_snapshot() {
    const MadePage page =
        sources_.pages.snapshot(*topic, {}, {listed_files_max, PageForm::events_of_state});
    const Version version{sources_.attachment.catalog()->epoch(), page.revision};
    cursor_ = FeedCursor{version, page.place};
    seen_ = page.seen;
    is_in_snapshot_ = has_news_ = reads_log_ = true;
    // Whoever goes on at this cursor is sent the snapshot from its beginning.
    std::string text = reset_event(sources_.instance, {version, SnapshotPlace{}});
    Part part = part_of(page);
    if (!part.content)
        text += *page.changes;
    part.head = std::make_shared<const std::string>(std::move(text));
    return part;
}

Part EventStream::next_page_of_snapshot() {
    const MadePage page = sources_.pages.snapshot(
        *topic,
        *cursor_->place,
        {listed_files_max, PageForm::events_of_state}
    );
    cursor_->place = page.place;
    seen_ = page.seen;
    return part_of(page);
}

Part EventStream::become_ready() {
    is_in_snapshot_ = false;
    cursor_->place.reset();
    id_ = cursor_->version.revision;
    return part_of(ready_event(sources_.instance, *cursor_));
}

/// A page that is cut leads to no state of the tree, so it has no id. A stream that is broken there
/// goes on at the id before.
Part EventStream::next_changes() {
    std::uint64_t& revision = cursor_->version.revision;
    const PageForm form = is_in_snapshot_ ? PageForm::events_of_state : PageForm::events;
    const auto page =
        sources_.pages.changes(*topic, revision, {listed_files_max, form}, !reads_log_);
    if (!page) {
        // A publication is under way, and the bell will ring.
        has_news_ = false;
        reads_log_ = true;
        return {};
    }
    revision = std::max(revision, page->revision);
    has_news_ = page->is_cut || (is_in_snapshot_ && seen_ <= revision);
    reads_log_ = page->is_cut;
    if (!page->is_empty() && !page->is_cut && !is_in_snapshot_)
        id_ = page->revision;
    return part_of(*page);
}

/// An id that will be unknown before long is replaced, if the client has been sent everything. A
/// topic that is due may have passed a change that this stream has not looked at yet.
Part EventStream::beat() {
    if (cursor_ && !has_news_ && !reads_log_ && !is_in_snapshot_ && topic->due.empty()) {
        cursor_->version.revision =
            std::max(cursor_->version.revision, sources_.pages.passed_until());
        if (id_ < sources_.attachment.catalog()->middle_of_log()) {
            id_ = cursor_->version.revision;
            return part_of(progress_text(*cursor_));
        }
    }
    static const Part heartbeat = part_of(std::string(heartbeat_text));
    return heartbeat;
}

}  // namespace treecast::proxy
