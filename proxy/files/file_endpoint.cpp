#include "proxy/files/file_endpoint.hpp"

#include "proxy/http/http_date.hpp"
#include "proxy/http/preference.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/http/request_target.hpp"

#include <memory>
#include <utility>

namespace treecast::proxy {

namespace {

std::shared_ptr<const RareFields> rare_fields(const Request& request, bool head) {
    RareFields rare;
    if (!request.range.empty() && !head) {  // RFC 9110, 14.2: ranges are for GET alone
        rare.range = request.range;
        rare.if_range = request.if_range;
    }
    // Ranges are of the identity, so the tag of another coding does not match there.
    const auto comparison = rare.range.empty() ? Comparison::strong_any_coding : Comparison::strong;
    if (request.if_match)
        rare.if_match = TagList::parse(*request.if_match, comparison);
    else if (!request.if_unmodified_since.empty())  // which If-Match replaces (13.1.4)
        rare.unmodified_since = parse_http_date(request.if_unmodified_since);
    if (rare.range.empty() && !rare.if_match && !rare.unmodified_since)
        return nullptr;
    return std::make_shared<const RareFields>(std::move(rare));
}

}  // namespace

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

    const RequestedWait wait = requested_wait(query.wait, request.prefer, wait_max);
    file.wait = wait.time;
    file.wait_is_preferred = wait.is_preferred;
    file.rare = rare_fields(request, file.head);
    if (!file.rare || file.rare->range.empty())
        file.codings = parse_accept_encoding(request.accept_encoding);
    return file;
}

void FileEndpoint::get(const Exchange& exchange) {
    const DecodedPath decoded = decode_file_path(exchange.rest);
    if (decoded.refusal != nullptr)
        return refuse(
            exchange,
            {.status = 400, .detail = std::string("In the URL ") + decoded.refusal + '.'},
            attachment_.stale_seconds()
        );
    FileQuery query;
    if (auto refusal = parse_file_query(exchange.query, query))
        return refuse(exchange, problem_of(*refusal), attachment_.stale_seconds());
    files_.get(
        exchange.connection,
        decoded.path,
        make_file_request(exchange.request, query, wait_max_),
        answers_
    );
}

}  // namespace treecast::proxy
