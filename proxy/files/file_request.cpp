#include "proxy/files/file_request.hpp"

#include "proxy/http/http_date.hpp"
#include "proxy/representation/last_modified.hpp"

namespace treecast::proxy {

PollQuestion FileRequest::question(bool may_wait, bool waited, std::int64_t now) const noexcept {
    PollQuestion question;
    question.now = now;
    question.after = after;
    question.after_is_arrival = after_is_arrival;
    question.tags = has_tags ? &tags : nullptr;
    // RFC 9110, 13.1.3: If-None-Match replaces If-Modified-Since.
    if (!has_tags)
        question.modified_since = modified_since;
    if (rare) {
        question.if_match = rare->if_match ? &*rare->if_match : nullptr;
        question.unmodified_since = rare->unmodified_since;
    }
    question.needs_content = !head;
    question.may_wait = may_wait;
    question.waited = waited;
    question.was_present = was_present;
    question.awaits_scan = awaits_scan;
    return question;
}

void FileRequest::begin_wait(const std::optional<Version>& there) {
    if (!tags.any() || after)
        return;
    after = there;
    after_is_arrival = there.has_value();
    has_tags = false;
    tags = {};
}

std::optional<std::int64_t> FileRequest::preferred_wait_s() const noexcept {
    if (!wait_is_preferred)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(wait).count();
}

bool if_range_holds(
    const std::optional<std::string>& if_range,
    const ipc::Record& record,
    std::int64_t now
) {
    if (!if_range)
        return true;
    if (if_range->starts_with('"') || if_range->starts_with("W/"))
        return *if_range == entity_tag(record.sha256);
    const auto date = parse_http_date(*if_range);
    return date && date_stands_for(record, *date, now);
}

}  // namespace treecast::proxy
