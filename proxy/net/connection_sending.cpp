// The answers, streams and endings of a connection; connection.cpp has its transitions and its
// reading.
#include "proxy/net/connection.hpp"

#include <utility>

namespace treecast::proxy {

namespace {

/// The most bytes that a new connection sends before an acknowledgement (RFC 6928). They arrive
/// before a reset.
constexpr std::uint64_t first_flight_bytes = 14'600;
/// Parts of a stream that one connection sends before other connections get their turn.
constexpr int parts_per_turn = 8;
/// The same in bytes. What makes a part of a stream may take a worker some milliseconds.
constexpr std::uint64_t stream_bytes_per_turn = 1 << 18;

}  // namespace

// --- Answering -----------------------------------------------------------------------------

/// At the end of the server, the answer to the last request that has arrived announces the close.
Persistence Connection::persistence() {
    if (shared_.phase == Phase::serving || !input_.empty() ||
        socket_.peek() == Socket::Input::bytes)
        return persistence_;
    return Persistence::close;
}

void Connection::hold(std::unique_ptr<HeldRequest> request, Clock::time_point until) {
    if (state_ == State::closed)
        return;
    release_held();
    held_ = std::move(request);
    raise(shared_.counters.subscribers);
    state_ = State::held;
    hold_until(until);
}

void Connection::hold_until(Clock::time_point until) {
    if (state_ == State::closed)
        return;
    set_deadline(until);
    if (!processing_)
        await_peer();
}

void Connection::release_held() {
    if (!held_)
        return;
    lower(shared_.counters.subscribers);
    held_.reset();
    is_stream_ = false;
}

void Connection::respond(Response response) {
    if (state_ == State::closed)
        return;
    release_held();
    if (response.close)
        persistence_ = Persistence::close;
    if (const auto bytes = transmit(std::move(response)))
        sent(*bytes);
}

void Connection::respond(Response beginning, std::unique_ptr<Stream> stream) {
    if (state_ == State::closed)
        return;
    release_held();
    if (std::exchange(beginning.close, false))
        persistence_ = Persistence::close;
    held_ = std::move(stream);
    is_stream_ = true;
    raise(shared_.counters.subscribers);
    if (transmit(std::move(beginning)))
        continue_stream();
}

void Connection::resume() {
    const boost::intrusive_ptr<Connection> self(this);
    if (state_ == State::streaming)
        continue_stream();
}

void Connection::continue_stream() {
    auto& stream = static_cast<Stream&>(*held_);
    std::uint64_t sent_now = 0;
    for (int i = 0; i < parts_per_turn && sent_now < stream_bytes_per_turn; ++i) {
        Response response;
        Clock::time_point until{};
        switch (stream.next(response.first, until)) {
            case Stream::Next::part:
                if (const auto bytes = transmit(std::move(response)))
                    sent_now += *bytes;
                else
                    return;
                break;
            case Stream::Next::none:
                state_ = State::streaming;
                return hold_until(until);
            case Stream::Next::end:
                release_held();
                return sent(first_flight_bytes + 1);  // in how many bytes it came is not known
            case Stream::Next::broken:
                return linger();
        }
    }
    set_deadline(Clock::now() + shared_.send_timeout);
    go_on_later();
}

/// Returns the number of bytes of the response if the socket accepted all of it. Otherwise it
/// returns nullopt: sending continues later, or the connection was closed.
std::optional<std::uint64_t> Connection::transmit(Response response) {
    state_ = State::sending;
    Transmission transmission(std::move(response));
    const auto outcome = transmission.send(socket_);
    if (outcome == Transmission::Outcome::done)
        return transmission.sent_bytes();
    if (outcome == Transmission::Outcome::failed) {
        close();
        return std::nullopt;
    }
    const auto now = Clock::now();
    transmission.begin_waiting(now);
    transmission_ = std::make_unique<Transmission>(std::move(transmission));
    set_deadline(now + shared_.send_timeout);
    send_later(outcome);
    return std::nullopt;
}

/// Continues when the socket accepts more or, after a full turn, when other connections had their
/// turn.
void Connection::send_later(Transmission::Outcome outcome) {
    outcome == Transmission::Outcome::paused ? go_on_later() : watch_output();
}

void Connection::send() {
    if (!transmission_)
        return continue_stream();
    const std::uint64_t before = transmission_->sent_bytes();
    const auto outcome = transmission_->send(socket_);
    if (outcome == Transmission::Outcome::failed)
        return close();
    if (outcome == Transmission::Outcome::done) {
        const std::uint64_t bytes = transmission_->sent_bytes();
        transmission_.reset();
        return is_stream_ ? continue_stream() : sent(bytes);
    }
    if (transmission_->sent_bytes() != before)
        set_deadline(Clock::now() + shared_.send_timeout);
    send_later(outcome);
}

void Connection::sent(std::uint64_t bytes) {
    if (persistence_ == Persistence::close)
        return finish(bytes);
    state_ = State::reading;
    // At the end the socket is checked once more, since the next request may have arrived.
    if (shared_.phase != Phase::serving)
        socket_.expect_input();
    if (!processing_)
        process_input();
}

bool Connection::holds_pinned() const noexcept {
    return transmission_ && (transmission_->holds_pinned() ||
                             (is_stream_ && static_cast<const Stream&>(*held_).holds_pinned()));
}

// --- Ending --------------------------------------------------------------------------------

void Connection::end() {
    if (state_ != State::closed)
        linger();
}

/// Closing a socket with unread input sends a reset. A short answer arrives before the reset; a
/// long one may not, so the connection lingers.
void Connection::finish(std::uint64_t bytes) {
    if (linger_ || !input_.empty() || socket_.peek() == Socket::Input::bytes)
        return linger();
    if (bytes > first_flight_bytes) {
        socket_.end_output();  // the last packet may wait for the end
        if (socket_.has_unacknowledged())
            return linger();
    }
    close();
}

void Connection::linger() {
    release_held();
    transmission_.reset();
    state_ = State::lingering;
    const auto now = Clock::now();
    last_.begin(socket_, now);
    set_deadline(last_.deadline(now));
    discard();
}

void Connection::discard() {
    switch (last_.discard(socket_)) {
        case Linger::Outcome::moved:
            set_deadline(last_.deadline(Clock::now()));
            join();
            break;
        case Linger::Outcome::waits:
            join();
            break;
        case Linger::Outcome::paused:
            go_on_later();
            break;
        case Linger::Outcome::over:
            close();
            break;
    }
}

void Connection::lingered() {
    const auto now = Clock::now();
    last_.is_over(now, socket_) ? close() : set_deadline(last_.deadline(now));
}

}  // namespace treecast::proxy
