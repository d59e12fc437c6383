#include "proxy/http/http_session.hpp"

#include "proxy/http/problem.hpp"

#include <ctime>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr Clock::duration idle_timeout = 75s;  // between requests
/// Pipelined requests that one connection gets answered before others get their turn.
constexpr int requests_per_turn = 32;

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

Connection connection_of(const Request& request) {
    if (!request.keep_alive)
        return Connection::close;
    return request.http_1_0 ? Connection::keep_alive : Connection::implied;
}

}  // namespace

void HttpSession::start(SessionShared& shared, UniqueFd socket) {
    const boost::intrusive_ptr<HttpSession> session(new HttpSession(shared, std::move(socket)));
    session->begin();
}

HttpSession::HttpSession(SessionShared& shared, UniqueFd socket)
    : Session(shared, std::move(socket)) {}

void HttpSession::reading_is_over() {
    partial_ ? refuse(408) : close();
}

/// Answers the requests that are there, in order, until one is held or the socket is full.
void HttpSession::process_input() {
    if (processing_)
        return;
    processing_ = true;
    int budget = requests_per_turn;
    while (state_ == State::reading && !input_.empty()) {
        // RFC 9112, 2.2: empty lines before a request are skipped.
        if (input_.bytes().front() == '\r' || input_.bytes().front() == '\n') {
            input_.consume(1);
            blank_begun_ = true;
            continue;
        }
        const std::size_t length = head_length(input_.bytes());
        if (length == 0) {
            if (!may_become_request(input_.bytes()))
                refuse(400);
            else if (input_.full())
                refuse(431);
            break;
        }
        if (budget-- == 0) {
            buffered_ = true;
            go_on_later();
            break;
        }
        process_head(length);
    }
    processing_ = false;
    if (state_ == State::closed || state_ == State::lingering) {
        input_.clear();
        return;
    }
    if (budget >= 0)
        settle_input();
}

void HttpSession::process_head(std::size_t length) {
    Request request;
    const unsigned refusal = decode_request(input_.bytes().substr(0, length), request);
    connection_ = connection_of(request);
    partial_ = false;
    blank_begun_ = false;
    if (refusal != 0) {
        input_.consume(length);
        refuse(refusal);
        return;
    }
    raise(shared_.counters.requests);
    linger_ = linger_ || request.has_body;  // nobody reads it
    state_ = State::handling;
    // The bytes stay where they are until the buffer is used again, after the call.
    input_.consume(length);
    shared_.handler.handle(*this, request);
}

/// A FIN does not tell a client that has gone from one that has only finished sending. A poll that
/// waits for a change is closed; a request that waits for its content is still answered, and the
/// end is found again after that.
void HttpSession::end_of_input() {
    if (state_ != State::parked)
        close();
    else if (!waiter()->loading)
        linger();
}

/// Answers what cannot be answered by anyone else, and ends the connection.
void HttpSession::refuse(unsigned status) {
    linger_ = true;
    state_ = State::handling;
    AnswerContext context;
    context.connection = Connection::close;
    context.now = std::time(nullptr);
    respond(problem_response({.status = status, .detail = refusal_detail(status)}, context, false));
}

/// Waits for the next request, or for the rest of it, or for the peer of a held one.
void HttpSession::settle_input() {
    if (state_ == State::reading) {
        const bool partial = !input_.empty() || blank_begun_;
        // Bytes that trickle in do not move the deadline of the request they belong to.
        if (!partial || !partial_)
            set_deadline(Clock::now() + (partial ? shared_.request_timeout : idle_timeout));
        partial_ = partial;
    }
    await_peer();
}

}  // namespace treecast::proxy
