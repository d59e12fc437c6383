#include "proxy/files/file_endpoint.hpp"

#include "proxy/files/file_query.hpp"
#include "proxy/http/request_target.hpp"

namespace treecast::proxy {

void FileEndpoint::get(const Exchange& exchange) {
    const DecodedPath decoded = decode_file_path(exchange.rest);
    if (decoded.refusal != nullptr)
        return refuse(
            exchange,
            {.status = 400, .detail = std::string("In the URL ") + decoded.refusal + '.'}
        );
    FileQuery query;
    if (auto refusal = parse_file_query(exchange.query, query))
        return refuse(
            exchange,
            {.status = 400,
             .detail = "The parameter '" + refusal->parameter + "' " + refusal->reason + '.',
             .member = "parameter",
             .value = refusal->parameter}
        );
    files_.get(
        exchange.connection,
        decoded.path,
        make_file_request(exchange.request, query, wait_max_),
        answers_
    );
}

void FileEndpoint::refuse(const Exchange& exchange, const Problem& problem) {
    exchange.connection.respond(problem_response(
        problem,
        context_now(attachment_, exchange.connection.persistence(), Caching::none),
        exchange.is_head()
    ));
}

}  // namespace treecast::proxy
