// The transitions of a connection, and its reading; connection_sending.cpp has answers and endings.
#include "proxy/net/connection.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// Pipelined requests of one connection that are answered before other connections get their turn.
constexpr int requests_per_turn = 32;
/// At the stop, the next request of a client that was active so recently may be on its way. It is
/// waited for as long.
constexpr auto last_patience = 200ms;

}  // namespace

void Connection::start(ConnectionShared& shared, ProtocolHandler& protocol, UniqueFd socket) {
    const boost::intrusive_ptr<Connection> connection(
        new Connection(shared, protocol, std::move(socket))
    );
    connection->begin();
}

Connection::Connection(ConnectionShared& shared, ProtocolHandler& protocol, UniqueFd socket)
    : socket_(std::move(socket)), shared_(shared), protocol_(protocol) {}

void Connection::begin() {
    intrusive_ptr_add_ref(this);  // dropped by close()
    shared_.connections.push_back(*this);
    raise(shared_.counters.connections);
    if (protocol_.rules().is_single_request) {
        linger_ = true;
        begun_ = true;
        set_deadline(Clock::now() + shared_.request_timeout);
    }
    receive();
}

void Connection::close() {
    if (state_ == State::closed)
        return;
    state_ = State::closed;
    release_held();
    transmission_.reset();
    if (!processing_)
        input_.clear(shared_.buffers);
    Deadlines::disarm(*this);
    shared_.sockets.forget(*this);
    socket_.close();
    ConnectionHook::unlink();
    lower(shared_.counters.connections);
    intrusive_ptr_release(this);  // callers hold a reference of their own
}

// --- What happens to it --------------------------------------------------------------------

void Connection::ready(SocketSet::Events events) {
    const boost::intrusive_ptr<Connection> self(this);
    socket_.note(events);
    if (waits_for_peer())
        check_peer();
    else if (goes_on_)
        return;  // and finds out by itself
    else if (state_ == State::sending && (events.output || events.hangup))
        send();
    else if (state_ == State::reading && socket_.may_have_input())
        receive();
    else if (state_ == State::lingering)
        discard();
    // While an answer is being sent, the input has to wait.
}

void Connection::expired() {
    const boost::intrusive_ptr<Connection> self(this);
    if (waits_for_peer())
        held_->wait_is_over();
    else if (state_ == State::reading && shared_.phase == Phase::stopping)
        end_unasked();
    else if (state_ == State::reading)
        begun_ ? refuse(Refusal::timed_out) : close();
    else if (state_ == State::lingering)
        lingered();
    else
        close();
}

void Connection::leave(Clock::time_point at) {
    if (held_)
        held_->end_by(at);
}

void Connection::stop() {
    if (held_)
        return held_->turn_away();
    if (state_ != State::reading)
        return;
    const auto timeout = begun_ ? shared_.request_timeout : protocol_.rules().idle_timeout;
    const bool is_quiet = deadline() - timeout + last_patience < Clock::now();
    socket_.expect_input();
    if (goes_on_)
        return;
    input_.full() ? process_input() : receive();
    if (is_quiet && state_ == State::reading && input_.empty() && !goes_on_)
        end_unasked();
}

/// At the stop: no further request has arrived completely, though a part of one may have.
void Connection::end_unasked() {
    input_.empty() && !socket_.has_unacknowledged() ? close() : linger();
}

void Connection::go_on_later() {
    if (std::exchange(goes_on_, true))
        return;
    boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Connection>(this)] {
        self->goes_on_ = false;
        self->go_on();
    });
}

void Connection::go_on() {
    if (state_ == State::sending)
        send();
    else if (state_ == State::reading)
        std::exchange(buffered_, false) || !socket_.may_have_input() ? process_input() : receive();
    else if (waits_for_peer())
        check_peer();
    else if (state_ == State::lingering)
        discard();
}

bool Connection::waits_for_peer() const noexcept {
    return state_ == State::held || state_ == State::streaming;
}

void Connection::set_deadline(Clock::time_point at) {
    shared_.deadlines.arm(*this, at);
}

void Connection::join() {
    if (const ErrorCode error = socket_.join(shared_.sockets, *this))
        fail_later(error);
}

void Connection::watch_output() {
    if (const ErrorCode error = socket_.watch_output(shared_.sockets, *this))
        fail_later(error);
}

/// The kernel has no memory to watch one more socket. The close is posted, because the caller still
/// uses the connection.
void Connection::fail_later(const ErrorCode& error) {
    log::warn("cannot watch a connection, which ends: {}", error.message());
    boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Connection>(this)] {
        self->close();
    });
}

// --- Reading -------------------------------------------------------------------------------

void Connection::receive() {
    std::size_t bytes = 0;
    const Socket::Input input = socket_.receive(input_.space(shared_.buffers), bytes);
    if (input == Socket::Input::end)
        return refuse(Refusal::truncated);
    if (input == Socket::Input::failed)
        return close();
    input_.filled(bytes);
    process_input();
}

/// Answers the requests in the input, in order, until one is held, the socket is full, the rest is
/// no whole request, or the turn is over.
void Connection::process_input() {
    if (std::exchange(processing_, true))
        return;
    int budget = requests_per_turn;
    while (state_ == State::reading && !input_.empty() && input_.has_needed()) {
        if (budget-- == 0) {
            buffered_ = true;
            go_on_later();
            break;
        }
        if (!process_next())
            break;
    }
    processing_ = false;
    if (state_ == State::closed || state_ == State::lingering)
        input_.clear(shared_.buffers);
    else if (budget >= 0)
        settle();
}

/// Returns false if the input does not start with a whole request.
bool Connection::process_next() {
    const Step step = protocol_.next(input_.bytes());
    // The bytes stay in place until the buffer is used again, which is after the request was
    // answered.
    input_.consume(step.consumed);
    switch (step.kind) {
        case Step::Kind::need_more:
            wait_for_more(step);
            return false;
        case Step::Kind::refuse:
            refuse(Refusal::malformed);
            return false;
        case Step::Kind::request:
            handle_request(step);
            return true;
    }
    return false;
}

void Connection::wait_for_more(const Step& step) {
    // Skipped bytes begin a request too, so the time limit of the request starts here.
    if (step.consumed != 0 && input_.empty() && !std::exchange(begun_, true))
        set_deadline(Clock::now() + shared_.request_timeout);
    input_.need(step.bytes_needed, shared_.buffers);
    if (step.interim.empty())
        return;
    // Sending only reads, but iovec has no const form. A peer that does not get the interim answer
    // continues later by itself.
    iovec part{const_cast<char*>(step.interim.data()), step.interim.size()};
    std::size_t bytes = 0;
    static_cast<void>(socket_.send({&part, 1}, false, bytes));
}

void Connection::handle_request(const Step& step) {
    persistence_ = step.persistence;
    begun_ = false;
    input_.need(0, shared_.buffers);
    linger_ = linger_ || step.has_unread_body;
    raise(shared_.counters.requests);
    state_ = State::handling;
    protocol_.hand_over(*this);
    if (shared_.phase == Phase::stopping && held_)  // new requests are not held
        held_->turn_away();
}

/// Sends the last answer, if there is one, and ends the connection.
void Connection::refuse(Refusal why) {
    auto answer = protocol_.refusal(why);
    if (!answer && why == Refusal::truncated)
        return close();
    linger_ = true;
    state_ = State::handling;
    if (!processing_)
        input_.clear(shared_.buffers);
    answer ? respond(std::move(*answer)) : linger();
}

/// Waits for the next request, for the rest of a request, or for the peer of a held one.
void Connection::settle() {
    if (state_ == State::reading) {
        const bool begins = begun_ || !input_.empty();
        // Further bytes of a request do not move its deadline.
        if (shared_.phase == Phase::stopping)
            set_deadline(Clock::now() + last_patience);
        else if (!begins)
            set_deadline(Clock::now() + protocol_.rules().idle_timeout);
        else if (!begun_)
            set_deadline(Clock::now() + shared_.request_timeout);
        begun_ = begins;
    }
    await_peer();
}

/// Releases an empty buffer and waits for the next event.
void Connection::await_peer() {
    input_.release_if_empty(shared_.buffers);
    join();
    // Events that are known already are not reported again.
    if (socket_.may_have_input() &&
        (state_ == State::reading || (waits_for_peer() && socket_.peer_ended())))
        go_on_later();
}

/// Handles input from the peer of a held request: its end, or a pipelined request, which has to
/// wait.
void Connection::check_peer() {
    if (socket_.hung_up())
        return close();
    if (socket_.peer_ended())
        return held_->peer_ended();
    if (!input_.empty())
        return;
    const Socket::Input input = socket_.peek();
    if (input == Socket::Input::end)
        held_->peer_ended();
    else if (input == Socket::Input::failed)
        close();
}

}  // namespace treecast::proxy
