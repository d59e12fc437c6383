#include "proxy/files/file_request.hpp"

#include "proxy/files/last_modified.hpp"
#include "proxy/http/http_date.hpp"
#include "proxy/http/preference.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

std::shared_ptr<const RareFields> rare_fields(const Request& request, bool head) {
    RareFields rare;
    if (!request.range.empty() && !head) {  // RFC 9110, 14.2: ranges are for GET alone
        rare.range = request.range;
        rare.if_range = request.if_range;
    }
    if (request.if_match)
        rare.if_match = TagList::parse(*request.if_match, Comparison::strong);
    else if (!request.if_unmodified_since.empty())  // which If-Match replaces (13.1.4)
        rare.unmodified_since = parse_http_date(request.if_unmodified_since);
    if (rare.range.empty() && !rare.if_match && !rare.unmodified_since)
        return nullptr;
    return std::make_shared<const RareFields>(std::move(rare));
}

}  // namespace

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

std::optional<std::int64_t> FileRequest::preferred_wait_s() const noexcept {
    if (!wait_is_preferred)
        return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(wait).count();
}

FileRequest make_file_request(
    const Request& request,
    const FileQuery& query,
    std::chrono::milliseconds wait_max
) {
    FileRequest file;
    file.head = request.method == Method::head;
    file.after = query.after;
    file.has_tags = request.if_none_match.has_value();
    if (file.has_tags)
        file.tags = TagList::parse(*request.if_none_match, Comparison::weak);
    else if (!request.if_modified_since.empty())
        file.modified_since = parse_http_date(request.if_modified_since);

    if (query.wait) {
        file.wait = std::min(*query.wait, wait_max);
    } else if (const auto preferred = preferred_wait(request.prefer)) {
        file.wait = std::min(*preferred, wait_max);
        file.wait_is_preferred = true;
    }
    file.rare = rare_fields(request, file.head);
    return file;
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
