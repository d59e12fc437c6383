#include "proxy/http/http_protocol.hpp"

#include "proxy/http/problem.hpp"
#include "proxy/net/input_buffer.hpp"

#include <algorithm>
#include <string>

namespace treecast::proxy {

namespace {

// A smaller buffer would be full before a head is long enough to be refused.
static_assert(input_bytes_usual >= head_bytes_max);

using namespace std::chrono_literals;

constexpr Clock::duration idle_timeout = 75s;  // between requests

std::string refusal_detail(unsigned status) {
    switch (status) {
        case 408:
            return "The request was not finished within 10 seconds.";
        case 431:
            return "The request's header fields are larger than 16 KiB.";
        case 505:
            return "Only HTTP/1.0 and HTTP/1.1 are spoken here.";
        default:
            return "The request is not well-formed HTTP.";
    }
}

Persistence persistence_of(const Request& request) {
    if (!request.keeps_connection())
        return Persistence::close;
    return request.http_1_0 ? Persistence::keep_alive : Persistence::implied;
}

}  // namespace

HttpProtocol::HttpProtocol(RequestHandler& handler)
    : ProtocolHandler({.idle_timeout = idle_timeout}), handler_(handler) {}

Step HttpProtocol::next(std::string_view bytes) {
    // RFC 9112, 2.2: empty lines before a request are skipped.
    const std::size_t skipped = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    bytes.remove_prefix(skipped);
    if (bytes.empty())
        return {.consumed = skipped};
    const std::size_t head = head_length(bytes);
    if (head != 0)
        return step_of_request(bytes, head, skipped);
    if (!may_become_request(bytes))
        return refuse(400);
    if (bytes.size() >= head_bytes_max)
        return refuse(431);
    return {.consumed = skipped};
}

/// Waits for a body that the endpoint accepts. A larger body is not read; the route table refuses
/// it.
Step HttpProtocol::step_of_request(std::string_view bytes, std::size_t head, std::size_t skipped) {
    if (const unsigned refusal = decode_request(bytes.substr(0, head), request_))
        return refuse(refusal);
    std::size_t length = head;
    if (request_.has_body && request_.has_length &&
        request_.body_length <= handler_.body_bytes_max(request_)) {
        length += request_.body_length;
        if (bytes.size() < length) {
            const bool is_awaited = request_.expects_continue && !request_.http_1_0;
            return {
                .consumed = skipped,
                .bytes_needed = length,
                .interim =
                    is_awaited && bytes.size() == head ? "HTTP/1.1 100 Continue\r\n\r\n" : ""};
        }
        request_.body = bytes.substr(head, request_.body_length);
    }
    return {
        .kind = Step::Kind::request,
        .persistence = persistence_of(request_),
        .has_unread_body = request_.has_body && !request_.is_body_read(),
        .consumed = skipped + length};
}

Step HttpProtocol::refuse(unsigned status) {
    refused_ = status;
    return {.kind = Step::Kind::refuse};
}

/// A peer that has shut down its half is taken to be gone, so it gets no answer.
std::optional<Response> HttpProtocol::refusal(Refusal why) {
    if (why == Refusal::truncated)
        return std::nullopt;
    const unsigned status = why == Refusal::timed_out ? 408 : refused_;
    const AnswerContext context{.persistence = Persistence::close, .now = seconds_since_1970()};
    return problem_response({.status = status, .detail = refusal_detail(status)}, context, false);
}

}  // namespace treecast::proxy
