// Parses the queries of `/v1/changes` and `/v1/events`, and the body of a POST. Pure.
#pragma once

#include "base/sha256.hpp"
#include "proxy/feed/feed_cursor.hpp"
#include "proxy/feed/interest.hpp"
#include "proxy/http/form_query.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace treecast::proxy {

/// The most files of one answer, unless one revision changed more; also what applies without
/// `limit`. An answer of so many takes a worker about 6 ms.
inline constexpr std::size_t listed_files_max = 5'000;
/// The largest content of a part, and what applies without `part_max`. Larger files are better
/// fetched by themselves: such a request can be resumed.
inline constexpr std::uint32_t part_bytes_max = std::uint32_t{16} << 20;
inline constexpr std::uint32_t part_bytes_default = std::uint32_t{64} << 10;
/// The largest body of a POST.
inline constexpr std::size_t feed_body_bytes_max = std::size_t{1} << 20;

struct FeedQuery {
    InterestLists interest;
    std::optional<FeedCursor> after;
    std::optional<std::chrono::milliseconds> wait;  // not yet limited to --max-wait
    std::size_t limit = listed_files_max;           // at most that
    std::optional<Sha256> state;                    // the digest of what the client holds
    std::uint32_t part_max = part_bytes_default;    // of answers with contents
};

struct EventQuery {
    InterestLists interest;
    std::optional<FeedCursor> after;
    std::optional<FeedCursor> last_event_id;
};

/// Form-encoded `name=value` pairs. `path`, `prefix` and `glob` may be repeated. Adds to `query`
/// and returns nullopt, or returns the parameter that is refused and the reason.
std::optional<QueryRefusal> parse_feed_query(std::string_view text, FeedQuery& query);

/// The same for `/v1/events`.
std::optional<QueryRefusal> parse_event_query(std::string_view text, EventQuery& query);

/// A JSON object of up to three arrays of strings, `paths`, `prefixes` and `globs`. Adds to `query`
/// and returns nullopt, or returns the member that is refused (empty: the body as a whole) and the
/// reason.
std::optional<QueryRefusal> parse_feed_body(std::string_view body, FeedQuery& query);

}  // namespace treecast::proxy
