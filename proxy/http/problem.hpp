// Error answers as application/problem+json (RFC 9457).
#pragma once

#include "base/version.hpp"
#include "proxy/http/form_query.hpp"
#include "proxy/http/response_head.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

struct Exchange;

struct Problem {
    unsigned status = 500;
    std::string detail{};              // a sentence for people
    std::string_view member{};         // an additional member: "parameter" or "reason"; empty: none
    std::string value{};               // the value of `member`
    std::optional<Version> version{};  // Treecast-Version
    unsigned retry_after_s = 0;        // Retry-After; 0: none
    std::string_view allow{};          // Allow
    std::string content_range{};       // Content-Range
};

/// 400 that names the parameter. `what` it is begins the sentence.
Problem problem_of(const QueryRefusal& refusal, std::string_view what = "The parameter");

/// The complete answer; `without_body` for HEAD, which gets the same fields.
Response problem_response(const Problem& problem, const AnswerContext& context, bool without_body);

/// Answers the request with the problem, which no cache may store. `stale_seconds` is that of the
/// attachment.
void refuse(
    const Exchange& exchange,
    const Problem& problem,
    std::optional<std::int64_t> stale_seconds
);

}  // namespace treecast::proxy
