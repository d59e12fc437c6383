#include "proxy/feed/feed_endpoint.hpp"

#include "proxy/feed/feed_query.hpp"
#include "proxy/http/accept.hpp"
#include "proxy/http/preference.hpp"
#include "proxy/http/problem.hpp"

#include <utility>

namespace treecast::proxy {

namespace {

/// A client that names both, and wants them alike, understands the one that has more to give.
bool prefers_multipart(std::string_view accept) {
    const Acceptance multipart = acceptance_of(accept, "multipart/mixed");
    return multipart.by >= Acceptance::By::its_family && multipart.quality > 0 &&
           multipart.quality >= acceptance_of(accept, "application/json").quality;
}

FeedRequest make_feed_request(
    const Request& request,
    const FeedQuery& query,
    std::chrono::milliseconds wait_max
) {
    FeedRequest feed;
    feed.after = query.after;
    feed.limit = query.limit;
    feed.state = query.state;
    feed.part_max = query.part_max;
    feed.is_multipart = prefers_multipart(request.accept);
    feed.is_http_1_0 = request.http_1_0;
    feed.head = request.method == Method::head;
    feed.is_post = request.method == Method::post;
    const RequestedWait wait = requested_wait(query.wait, request.prefer, wait_max);
    feed.wait = wait.time;
    feed.wait_is_preferred = wait.is_preferred;
    return feed;
}

/// Without a name it is the body as a whole.
Problem problem_of_body(const QueryRefusal& refusal) {
    if (refusal.parameter.empty())
        return {.status = 400, .detail = "The body " + refusal.reason + '.'};
    return problem_of(refusal, "The body's member");
}

/// The field is newest: EventSource repeats the URL that it was given, and what that says of a
/// cursor, at each reconnect. A field that is no cursor counts as none.
std::optional<FeedCursor> cursor_of(const Request& request, const EventQuery& query) {
    if (const auto cursor = parse_feed_cursor(request.last_event_id))
        return cursor;
    return query.last_event_id ? query.last_event_id : query.after;
}

}  // namespace

void FeedEndpoint::changes(const Exchange& exchange) {
    FeedQuery query;
    if (const auto refusal = parse_feed_query(exchange.query, query))
        return refuse(exchange, problem_of(*refusal), attachment_.stale_seconds());
    if (exchange.request.method == Method::post)
        if (const auto refusal = parse_feed_body(exchange.request.body, query))
            return refuse(exchange, problem_of_body(*refusal), attachment_.stale_seconds());
    const FeedRequest request = make_feed_request(exchange.request, query, wait_max_);
    feed_.get(exchange.connection, Interest(std::move(query.interest)), request);
}

void FeedEndpoint::events(const Exchange& exchange) {
    EventQuery query;
    if (const auto refusal = parse_event_query(exchange.query, query))
        return refuse(exchange, problem_of(*refusal), attachment_.stale_seconds());
    if (exchange.is_head())
        return events_.send_head(exchange.connection);
    events_.begin(
        exchange.connection,
        Interest(std::move(query.interest)),
        cursor_of(exchange.request, query)
    );
}

}  // namespace treecast::proxy
