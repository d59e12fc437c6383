// A request for a file, reduced to the fields that its answer depends on. It is small, because many
// of them are held.
#pragma once

#include "base/version.hpp"
#include "ipc/catalog_record.hpp"
#include "proxy/files/poll_decision.hpp"
#include "proxy/http/accept_encoding.hpp"
#include "proxy/http/entity_tag.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace treecast::proxy {

/// Fields that few requests have. They are stored apart, so that the other requests do not pay for
/// them.
struct RareFields {
    std::string range;  // empty: the whole file
    std::optional<std::string> if_range;
    std::optional<TagList> if_match;
    std::optional<std::int64_t> unmodified_since;
};

/// The request does not depend on the protocol that it came by.
struct FileRequest {
    bool head = false;
    bool has_tags = false;           // If-None-Match was given, even if no tag in it is one of ours
    bool was_present = false;        // a look at the catalog after it arrived found the file
    bool after_is_arrival = false;   // see PollQuestion
    bool awaits_scan = false;        // see PollQuestion
    bool wait_is_preferred = false;  // the wait came in a Prefer field
    AcceptedCodings codings{};       // none with Range: ranges are of the identity
    TagList tags;
    std::optional<Version> after;
    std::chrono::milliseconds wait{0};  // limited to --max-wait
    std::optional<std::int64_t> modified_since;
    std::shared_ptr<const RareFields> rare;  // null: it has none of them

    /// The wait in seconds, if the request gave it in a Prefer field.
    std::optional<std::int64_t> preferred_wait_s() const noexcept;
    /// `now`: seconds since 1970.
    PollQuestion question(bool may_wait, bool waited, std::int64_t now) const noexcept;

    /// To be called when it begins to wait. `*` matches every version, so a request with it waits
    /// for a change of what was there when it came: a version, or nothing.
    void begin_wait(const std::optional<Version>& there);

    /// Equal requests get the same answer at the same moment. Requests with rare fields are never
    /// equal, unless they share the object.
    friend bool operator==(const FileRequest&, const FileRequest&) = default;
};

/// Whether If-Range allows the range of a request: by the strong tag, or by a Last-Modified date
/// that only this content can have had. Without the field (nullopt) the range is allowed. Pure.
bool if_range_holds(
    const std::optional<std::string>& if_range,
    const ipc::Record& record,
    std::int64_t now
);

}  // namespace treecast::proxy
