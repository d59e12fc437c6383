#include "proxy/router.hpp"

#include "proxy/feed/feed_query.hpp"
#include "proxy/http/problem.hpp"
#include "proxy/http/request_target.hpp"

namespace treecast::proxy {

namespace {

using Match = Route::Match;
using Methods = Route::Methods;

std::vector<Route> endpoints(
    FileEndpoint& files,
    FeedEndpoint& feed,
    ArchiveEndpoint& archives,
    Operations& operations
) {
    const auto answer = [&operations](void (Operations::*member)(const Exchange&)) {
        return [&operations, member](const Exchange& exchange) {
            (operations.*member)(exchange);
        };
    };
    const auto file = [&files](const Exchange& exchange) {
        files.get(exchange);
    };
    const auto changes = [&feed](const Exchange& exchange) {
        feed.changes(exchange);
    };
    const auto archive = [&archives](const Exchange& exchange) {
        archives.get(exchange);
    };
    const auto events = [&feed](const Exchange& exchange) {
        feed.events(exchange);
    };
    // path, how it matches, methods, largest body, handler
    return {
        {"/", Match::exactly, Methods::get, 0, answer(&Operations::front_page)},
        {"/healthz", Match::exactly, Methods::get, 0, answer(&Operations::health)},
        {"/readyz", Match::exactly, Methods::get, 0, answer(&Operations::readiness)},
        {"/v1/archive/", Match::beginning, Methods::get, 0, archive},
        {"/v1/changes", Match::exactly, Methods::get_and_post, feed_body_bytes_max, changes},
        {"/v1/events", Match::exactly, Methods::get, 0, events},
        {"/v1/files/", Match::beginning, Methods::get, 0, file},
        {"/v1/status", Match::exactly, Methods::get, 0, answer(&Operations::status)},
        {"/v1/", Match::beginning, Methods::none},
        {"/", Match::beginning, Methods::get, 0, answer(&Operations::redirect_to_file)},
    };
}

}  // namespace

Router::Router(
    FileEndpoint& files,
    FeedEndpoint& feed,
    ArchiveEndpoint& archives,
    Operations& operations,
    Attachment& attachment
)
    : attachment_(attachment), table_(endpoints(files, feed, archives, operations)) {}

std::size_t Router::body_bytes_max(const Request& request) const {
    return RouteTable::body_bytes_max(table_.find(split_target(request.target).path), request);
}

void Router::handle(Connection& connection, const Request& request) {
    const Target target = split_target(request.target);
    const Route* const route = table_.find(target.path);
    if (const auto refusal = RouteTable::refusal(route, request))
        return refuse(
            {connection, request, target.path, target.query},
            {.status = refusal->status, .detail = refusal->detail, .allow = refusal->allow},
            attachment_.stale_seconds()
        );
    route->handler({connection, request, target.path.substr(route->path.size()), target.query});
}

}  // namespace treecast::proxy
