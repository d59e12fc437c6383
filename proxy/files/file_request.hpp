// A request for a file, reduced to what its answer depends on, so that it can be held cheaply.
#pragma once

#include "proxy/files/file_query.hpp"
#include "proxy/files/poll_decision.hpp"
#include "proxy/http/entity_tag.hpp"
#include "proxy/http/request.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace treecast::proxy {

/// What few requests have, apart, so that the others are held without room for it.
struct RareFields {
    std::string range;  // empty: the whole
    std::optional<std::string> if_range;
    std::optional<TagList> if_match;
    std::optional<std::int64_t> unmodified_since;
};

/// Which protocol it came by makes no difference.
struct FileRequest {
    bool head = false;
    bool has_tags = false;     // If-None-Match was given, whether or not a tag in it is one of ours
    bool was_present = false;  // a look at the catalog, since it came, saw the file
    bool after_is_arrival = false;   // see PollQuestion
    bool awaits_scan = false;        // see PollQuestion
    bool wait_is_preferred = false;  // it was asked for as a preference
    TagList tags;
    std::optional<Version> after;
    std::chrono::milliseconds wait{0};  // cut to --max-wait
    std::optional<std::int64_t> modified_since;
    std::shared_ptr<const RareFields> rare;  // null: none of them

    /// The wait in seconds, if it was asked for as a preference.
    std::optional<std::int64_t> preferred_wait_s() const noexcept;
    /// `now`: seconds since 1970.
    PollQuestion question(bool may_wait, bool waited, std::int64_t now) const noexcept;

    /// Who asks the same gets the same answer at the same moment. Two with rare fields never do.
    friend bool operator==(const FileRequest&, const FileRequest&) = default;
};

FileRequest make_file_request(
    const Request& request,
    const FileQuery& query,
    std::chrono::milliseconds wait_max
);

/// Whether If-Range lets the range of a request through: by the strong tag, or by the date of
/// Last-Modified where only this content can have had it; nullopt: not given. Pure.
bool if_range_holds(
    const std::optional<std::string>& if_range,
    const ipc::Record& record,
    std::int64_t now
);

}  // namespace treecast::proxy
