#include "proxy/archive/archive_endpoint.hpp"

#include "proxy/files/file_endpoint.hpp"
#include "proxy/files/file_query.hpp"
#include "proxy/http/problem.hpp"

#include <memory>
#include <utility>

namespace treecast::proxy {

namespace {

/// An archive has no ranges, no date and no coding; of the rare fields it knows If-Match.
FileRequest reduced(FileRequest request) {
    request.modified_since.reset();
    request.codings = AcceptedCodings();
    if (request.rare && request.rare->if_match) {
        RareFields rare;
        rare.if_match = request.rare->if_match;
        request.rare = std::make_shared<const RareFields>(std::move(rare));
    } else {
        request.rare = nullptr;
    }
    return request;
}

}  // namespace

void ArchiveEndpoint::get(const Exchange& exchange) {
    const ParsedArchiveTarget parsed = parse_archive_target(exchange.rest);
    if (parsed.status != 0)
        return refuse(
            exchange,
            {.status = parsed.status, .detail = parsed.reason},
            attachment_.stale_seconds()
        );
    FileQuery query;
    if (auto refusal = parse_file_query(exchange.query, query))
        return refuse(exchange, problem_of(*refusal), attachment_.stale_seconds());
    archives_.get(
        exchange.connection,
        parsed.target,
        reduced(make_file_request(exchange.request, query, wait_max_))
    );
}

}  // namespace treecast::proxy
