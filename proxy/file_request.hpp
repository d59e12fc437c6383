// A request for a file, reduced to what its answer depends on, so that it can be held cheaply.
#pragma once

#include "proxy/entity_tag.hpp"
#include "proxy/file_query.hpp"
#include "proxy/poll_decision.hpp"
#include "proxy/protocol.hpp"
#include "proxy/request.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace treecast::proxy {

/// Range and If-Range, which few requests have.
struct RangeRequest {
    std::string range;
    std::string if_range;
};

/// Besides the protocol, GETFILE has nothing to say.
struct FileRequest {
    Protocol protocol = Protocol::http;
    bool head = false;
    bool idle_204 = false;
    bool has_tags = false;     // If-None-Match was given, whether or not a tag in it is one of ours
    bool was_present = false;  // a look at the catalog, since it came, saw the file
    bool after_is_arrival = false;  // see PollQuestion
    TagList tags;
    std::optional<Version> after;
    std::chrono::milliseconds wait{0};  // cut to --max-wait
    std::optional<std::int64_t> preferred_wait_s;
    std::optional<std::int64_t> modified_since;
    std::shared_ptr<const RangeRequest> range;

    PollQuestion question(bool may_wait, bool waited) const noexcept;

    /// Who asks the same gets the same answer at the same moment. Two ranges are never the same.
    friend bool operator==(const FileRequest&, const FileRequest&) = default;
};

FileRequest make_file_request(
    const Request& request,
    const FileQuery& query,
    std::chrono::milliseconds wait_max
);

/// Whether If-Range lets the range of a request through: a strong tag, or the exact date of a
/// file whose predecessor had another. Pure.
bool if_range_holds(std::string_view if_range, const ipc::Record& record);

}  // namespace treecast::proxy
