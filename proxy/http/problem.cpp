#include "proxy/http/problem.hpp"

#include "proxy/http/request_handler.hpp"

#include <boost/json.hpp>

namespace treecast::proxy {

Problem problem_of(const QueryRefusal& refusal, std::string_view what) {
    return {
        .status = 400,
        .detail = std::string(what) + " '" + refusal.parameter + "' " + refusal.reason + '.',
        .member = "parameter",
        .value = refusal.parameter};
}

Response problem_response(const Problem& problem, const AnswerContext& context, bool without_body) {
    const std::string_view title = reason_phrase(problem.status);
    boost::json::object members{
        {"type", "about:blank"},
        {"title", boost::json::string_view(title.data(), title.size())},
        {"status", problem.status},
        {"detail", problem.detail},
    };
    if (!problem.member.empty())
        members.emplace(
            boost::json::string_view(problem.member.data(), problem.member.size()),
            problem.value
        );
    const std::string body = boost::json::serialize(members) + '\n';

    HeadBuilder head(problem.status, context);
    if (problem.version)
        head.field("Treecast-Version", to_string(*problem.version));
    if (problem.retry_after_s != 0)
        head.field("Retry-After", problem.retry_after_s);
    if (!problem.allow.empty())
        head.field("Allow", problem.allow);
    if (!problem.content_range.empty())
        head.field("Content-Range", problem.content_range);
    head.field("Content-Type", "application/problem+json").field("Content-Length", body.size());
    return make_response(head.finish(without_body ? std::string_view() : body), context);
}

void refuse(
    const Exchange& exchange,
    const Problem& problem,
    std::optional<std::int64_t> stale_seconds
) {
    exchange.connection.respond(problem_response(
        problem,
        context_now(exchange.connection.persistence(), Caching::none, stale_seconds),
        exchange.is_head()
    ));
}

}  // namespace treecast::proxy
