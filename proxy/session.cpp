#include "proxy/session.hpp"

#include "proxy/problem.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <cerrno>
#include <ctime>

#include <sys/socket.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr auto request_timeout = 10s;  // from a request's first byte to its last
constexpr auto idle_timeout = 75s;     // between requests
constexpr auto linger_timeout = 2s;
/// Pipelined requests that one connection gets answered before others get their turn.
constexpr int requests_per_turn = 32;

std::string refusal_detail(unsigned status) {
    switch (status) {
        case 408:
            return "The request was not finished within 10 seconds.";
        case 413:
            return "A request for a file has no body.";
        case 431:
            return "The request's header fields are larger than 16 KiB.";
        case 505:
            return "Only HTTP/1.0 and HTTP/1.1 are spoken here.";
        default:
            return "The request is not well-formed HTTP.";
    }
}

}  // namespace

void Session::start(SessionShared& shared, UniqueFd socket) {
    const boost::intrusive_ptr<Session> session(new Session(shared, std::move(socket)));
    intrusive_ptr_add_ref(session.get());  // dropped by close()
    shared.sessions.push_back(*session);
    session->settle_input();
}

Session::Session(SessionShared& shared, UniqueFd socket)
    : shared_(shared),
      socket_(shared.context.get_executor(), socket.release()),
      input_(shared.buffers) {
    raise(shared_.counters.connections);
}

Session::~Session() {
    lower(shared_.counters.connections);
}

Connection Session::connection() const noexcept {
    if (!keep_alive_ || shared_.stopping)
        return Connection::close;
    return http_1_0_ ? Connection::keep_alive : Connection::implied;
}

void Session::close() {
    if (state_ == State::closed)
        return;
    state_ = State::closed;
    if (waiter_)
        lower(shared_.counters.subscribers);
    waiter_.reset();
    transmission_.reset();
    if (!processing_)
        input_.clear();
    Deadlines::disarm(*this);
    boost::system::error_code ignored;
    socket_.close(ignored);
    SessionHook::unlink();
    intrusive_ptr_release(this);  // callers hold a reference of their own
}

void Session::stop() {
    if (state_ == State::reading)
        close();
}

void Session::expired() {
    const boost::intrusive_ptr<Session> self(this);
    if (state_ == State::parked)
        shared_.handler.wait_is_over(*this);
    else if (state_ == State::reading && partial_)
        refuse(408);
    else
        close();
}

// --- Reading -------------------------------------------------------------------------------

void Session::wait_readable() {
    if (read_pending_)
        return;
    read_pending_ = true;
    socket_.async_wait(
        socket_.wait_read,
        [self = boost::intrusive_ptr<Session>(this)](const boost::system::error_code& error) {
            self->read_pending_ = false;
            self->on_readable(error);
        }
    );
}

/// For a parked session whose peer has sent more already: only its end is of interest, and
/// waiting for readability would return at once, again and again.
void Session::wait_for_hangup() {
    if (hangup_pending_)
        return;
    hangup_pending_ = true;
    socket_.async_wait(
        socket_.wait_error,
        [self = boost::intrusive_ptr<Session>(this)](const boost::system::error_code&) {
            self->hangup_pending_ = false;
            self->on_hangup();
        }
    );
}

/// Elsewhere than in a parked session reading and writing find out by themselves.
void Session::on_hangup() {
    if (state_ == State::parked)
        close();
}

void Session::on_readable(const boost::system::error_code& error) {
    if (state_ == State::closed)
        return;
    if (error)
        close();
    else if (state_ == State::reading)
        receive();
    else if (state_ == State::parked)
        check_peer();
    else if (state_ == State::lingering)
        discard();
    // While sending, the input waits until the answer is out.
}

void Session::receive() {
    const ssize_t n =
        ::recv(socket_.native_handle(), input_.space(), input_.space_bytes(), MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        close();
        return;
    }
    if (n > 0)
        input_.filled(static_cast<std::size_t>(n));
    process_input();
}

/// Answers the requests that are there, in order, until one is held or the socket is full.
void Session::process_input() {
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
            if (input_.full())
                refuse(431);
            break;
        }
        if (budget-- == 0) {
            boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Session>(this)] {
                self->process_input();
            });
            break;
        }
        process_head(length);
    }
    processing_ = false;
    if (state_ == State::closed) {
        input_.clear();
        return;
    }
    if (budget >= 0)
        settle_input();
}

void Session::process_head(std::size_t length) {
    Request request;
    const unsigned refusal = decode_request(input_.bytes().substr(0, length), request);
    http_1_0_ = request.http_1_0;
    keep_alive_ = request.keep_alive;
    partial_ = false;
    blank_begun_ = false;
    if (refusal != 0) {
        input_.consume(length);
        refuse(refusal);
        return;
    }
    raise(shared_.counters.requests);
    state_ = State::handling;
    // The bytes stay where they are until the buffer is used again, after the call.
    input_.consume(length);
    shared_.handler.handle(*this, request);
}

/// Answers what cannot be answered by anyone else, and ends the connection.
void Session::refuse(unsigned status) {
    keep_alive_ = false;
    linger_ = true;
    state_ = State::handling;
    AnswerContext context;
    context.connection = Connection::close;
    context.now = std::time(nullptr);
    respond(problem_response({.status = status, .detail = refusal_detail(status)}, context, false));
}

/// Gives back what is not needed and waits for what comes next.
void Session::settle_input() {
    input_.release_if_empty();
    if (state_ == State::reading) {
        const bool partial = !input_.empty() || blank_begun_;
        // Bytes that trickle in do not move the deadline of the request they belong to.
        if (!partial || !partial_)
            shared_.deadlines.arm(
                *this,
                Clock::now() + (partial ? Clock::duration(request_timeout) : idle_timeout)
            );
        partial_ = partial;
    }
    if (state_ == State::reading)
        wait_readable();
    else if (state_ == State::parked)
        input_.empty() ? wait_readable() : wait_for_hangup();
}

/// Something is to be read from the peer of a held request: its end, or a pipelined request.
void Session::check_peer() {
    char byte = 0;
    const ssize_t n = ::recv(socket_.native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0)
        wait_for_hangup();
    else if (n < 0 && (errno == EAGAIN || errno == EINTR))
        wait_readable();
    else
        close();
}

// --- Answering -----------------------------------------------------------------------------

void Session::park(std::unique_ptr<Waiter> waiter, Clock::time_point until) {
    if (waiter) {
        waiter_ = std::move(waiter);
        raise(shared_.counters.subscribers);
    }
    state_ = State::parked;
    shared_.deadlines.arm(*this, until);
    if (!processing_)
        settle_input();
}

void Session::respond(Response response) {
    if (state_ == State::closed)
        return;
    if (waiter_)
        lower(shared_.counters.subscribers);
    waiter_.reset();
    state_ = State::sending;
    Transmission transmission(std::move(response));
    const auto outcome = transmission.send(socket_.native_handle());
    if (outcome == Transmission::Outcome::failed) {
        close();
        return;
    }
    if (outcome == Transmission::Outcome::done) {
        if (transmission.close_after())
            keep_alive_ = false;
        sent();
        return;
    }
    sending_since_ = Clock::now();
    transmission_ = std::make_unique<Transmission>(std::move(transmission));
    shared_.deadlines.arm(*this, sending_since_ + shared_.send_timeout);
    if (outcome == Transmission::Outcome::blocked)
        wait_writable();
    else
        boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Session>(this)] {
            self->send();
        });
}

void Session::wait_writable() {
    socket_.async_wait(
        socket_.wait_write,
        [self = boost::intrusive_ptr<Session>(this)](const boost::system::error_code& error) {
            if (!error)
                self->send();
        }
    );
}

void Session::send() {
    if (state_ != State::sending)
        return;
    const std::uint64_t before = transmission_->sent_bytes();
    const auto outcome = transmission_->send(socket_.native_handle());
    if (outcome == Transmission::Outcome::failed) {
        close();
        return;
    }
    if (outcome == Transmission::Outcome::done) {
        if (transmission_->close_after())
            keep_alive_ = false;
        transmission_.reset();
        sent();
        return;
    }
    if (transmission_->sent_bytes() != before)
        shared_.deadlines.arm(*this, Clock::now() + shared_.send_timeout);
    if (outcome == Transmission::Outcome::blocked)
        wait_writable();
    else
        boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Session>(this)] {
            self->send();
        });
}

void Session::sent() {
    if (!keep_alive_ || shared_.stopping) {
        linger_ || !input_.empty() ? linger() : close();
        return;
    }
    state_ = State::reading;
    if (!processing_)
        process_input();
}

/// Closing a socket with unread input resets the connection, and the answer may be lost with it:
/// says that nothing more comes, and reads what is still on its way.
void Session::linger() {
    state_ = State::lingering;
    ::shutdown(socket_.native_handle(), SHUT_WR);
    shared_.deadlines.arm(*this, Clock::now() + linger_timeout);
    discard();
}

void Session::discard() {
    std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): only read into
    for (int i = 0; i < 64; ++i) {
        const ssize_t n = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            close();
            return;
        }
        if (n < 0)
            break;
    }
    wait_readable();
}

double Session::transmission_rate() const noexcept {
    const std::chrono::duration<double> elapsed = Clock::now() - sending_since_;
    return static_cast<double>(transmission_->sent_bytes()) / std::max(elapsed.count(), 0.001);
}

}  // namespace treecast::proxy
