// The words of Server-Sent Events (WHATWG HTML, 9.2) that are sent at /v1/events. Pure.
#pragma once

#include "proxy/feed/feed_cursor.hpp"
#include "proxy/feed/feed_page.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace treecast::proxy {

/// `change` or `delete` for each file. `id`: that of the last one.
std::string change_events(
    std::span<const ListedFile> files,
    std::uint64_t epoch,
    const std::optional<FeedCursor>& id
);

/// What the client has is void, the id that it holds too: until `ready` it has no state that could
/// be continued, by whatever server it asks next.
std::string reset_event(std::string_view instance, const FeedCursor& cursor);
/// The client has the state at this cursor.
std::string ready_event(std::string_view instance, const FeedCursor& cursor);

/// The id that the client holds is replaced; it reports no event.
std::string progress_text(const FeedCursor& cursor);
/// Clients reconnect so long after the end of a stream.
std::string retry_text(std::chrono::milliseconds pause);
/// A comment.
inline constexpr std::string_view heartbeat_text = ":\n\n";

}  // namespace treecast::proxy
