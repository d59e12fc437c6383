// One client of /v1/events: what it is sent next. One thread.
//
// The connection asks for a page when the socket has accepted the one before, so a slow client
// costs the memory of one page, however much has changed. A client that has taken everything is
// woken by its topic. One that was woken while it was being sent something reads the log by itself
// afterwards.
#pragma once

#include "proxy/feed/feed_cursor.hpp"
#include "proxy/feed/feed_pages.hpp"
#include "proxy/feed/feed_subscriber.hpp"
#include "proxy/feed/made_page.hpp"
#include "proxy/http/wait_spread.hpp"
#include "proxy/net/connection.hpp"
#include "proxy/net/held_request.hpp"
#include "proxy/source/attachment.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace treecast::proxy {

/// What all streams of a worker share.
struct EventSources {
    Attachment& attachment;
    FeedPages& pages;
    const std::string instance;
    WaitSpread spread;
    /// Proxies take a connection for dead after 30 to 60 s without a byte.
    std::chrono::milliseconds heartbeat_interval = std::chrono::seconds(15);
};

class EventStream final : public Stream, public FeedSubscriber {
public:
    /// `after`: what the client has; if that is unknown, it is sent everything.
    EventStream(Connection& of, EventSources& sources, const std::optional<FeedCursor>& after);

    Next next(Part& part, Clock::time_point& until) override;
    void evaluate(FeedTurn& turn) override;
    void wait_is_over() override;
    /// As a poll that waits for a change it ends: see WaitingRequest.
    void peer_ended() override { connection_.end(); }
    void end_by(Clock::time_point at) override;
    void turn_away() override;

private:
    /// Without a head and a content: none.
    Part next_part(Clock::time_point now);
    Part next_news();
    Part begin_snapshot();
    Part next_page_of_snapshot();
    Part next_changes();
    Part become_ready();
    Part beat();

    Connection& connection_;  // owns this
    EventSources& sources_;
    /// How far the client has been sent everything. Empty: it has to be sent everything anew.
    std::optional<FeedCursor> cursor_;
    std::uint64_t seen_ = 0;  // the newest change of what the snapshot listed or passed over
    std::uint64_t id_ = 0;    // the revision of the last id that was sent
    Clock::time_point beat_at_;
    Clock::time_point end_at_ = Clock::time_point::max();
    bool is_in_snapshot_;     // `ready` has not been sent yet
    bool has_news_ = true;    // perhaps; the catalog has to be looked at
    bool reads_log_ = true;   // the topic does not know all that changed since the last look
    bool is_parked_ = false;  // the connection waits for resume()
};

// With its connection and malloc's overhead it takes far less than 1 KiB beside its paths.
static_assert(sizeof(EventStream) + sizeof(Connection) <= 512);

}  // namespace treecast::proxy
