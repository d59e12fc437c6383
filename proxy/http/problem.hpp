// Error answers as application/problem+json (RFC 9457).
#pragma once

#include "base/version.hpp"
#include "proxy/http/response_head.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace treecast::proxy {

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

/// The complete answer; `without_body` for HEAD, which gets the same fields.
Response problem_response(const Problem& problem, const AnswerContext& context, bool without_body);

}  // namespace treecast::proxy
