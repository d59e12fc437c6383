// A request for the feed, reduced to what its answer depends on beside the interest. Pure.
#pragma once

#include "base/sha256.hpp"
#include "proxy/feed/feed_cursor.hpp"
#include "proxy/net/response.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace treecast::proxy {

struct FeedRequest {
    std::optional<FeedCursor> after;
    std::optional<Sha256> state;        // the digest of what the client holds
    std::chrono::milliseconds wait{0};  // limited to --max-wait
    std::size_t limit = 0;
    std::uint32_t part_max = 0;  // of multipart: larger contents are left out
    bool is_multipart = false;   // the answer is to hold contents
    bool is_http_1_0 = false;    // the end of a long answer is that of the connection
    bool head = false;
    bool is_post = false;            // no cache may store the answer
    bool wait_is_preferred = false;  // the wait came in a Prefer field

    std::optional<std::int64_t> preferred_wait_s() const noexcept {
        if (!wait_is_preferred)
            return std::nullopt;
        return std::chrono::duration_cast<std::chrono::seconds>(wait).count();
    }

    /// Equal requests with one interest get the same answer at the same moment.
    friend bool operator==(const FeedRequest&, const FeedRequest&) = default;
};

}  // namespace treecast::proxy
