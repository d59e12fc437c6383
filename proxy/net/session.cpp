#include "proxy/net/session.hpp"

#include "base/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

/// Of the peer, after our end: while nothing comes from it, and in all.
constexpr auto linger_silence_max = 2s;
constexpr auto linger_max = 30s;
constexpr std::uint32_t linger_bytes_max = 64 << 20;

/// What a new connection sends before any acknowledgement (RFC 6928), and so before a reset.
constexpr std::uint64_t first_flight_bytes = 14'600;

}  // namespace

Session::Session(SessionShared& shared, UniqueFd socket)
    : shared_(shared), input_(shared.buffers), socket_(std::move(socket)) {}

void Session::begin() {
    intrusive_ptr_add_ref(this);  // dropped by close()
    shared_.sessions.push_back(*this);
    raise(shared_.counters.connections);
    receive();
}

/// While stopping the answer to the last request that has come says that it is the last one.
Connection Session::connection() const noexcept {
    if (!shared_.stopping || !input_.empty() || has_unread())
        return connection_;
    return Connection::close;
}

void Session::close() {
    if (state_ == State::closed)
        return;
    state_ = State::closed;
    forget_waiter();
    transmission_.reset();
    if (!processing_)
        input_.clear();
    Deadlines::disarm(*this);
    shared_.sockets.forget(*this);
    socket_.reset();
    SessionHook::unlink();
    lower(shared_.counters.connections);
    intrusive_ptr_release(this);  // callers hold a reference of their own
}

void Session::stop() {
    if (state_ != State::reading)
        return;
    unread_ = true;
    if (!goes_on_)
        input_.full() ? process_input() : receive();
}

void Session::set_deadline(Clock::time_point at) {
    shared_.deadlines.arm(*this, at);
}

void Session::expired() {
    const boost::intrusive_ptr<Session> self(this);
    if (state_ == State::parked)
        shared_.handler.wait_is_over(*this);
    else if (state_ == State::reading)
        reading_is_over();
    else if (state_ == State::lingering)
        lingered();
    else
        close();
}

// --- Reading -------------------------------------------------------------------------------

void Session::ready(SocketSet::Events events) {
    const boost::intrusive_ptr<Session> self(this);
    unread_ = unread_ || events.input;
    urgent_ = urgent_ || events.urgent;
    ended_ = ended_ || events.end;
    hung_up_ = hung_up_ || events.hangup;
    if (state_ == State::parked)
        check_peer();
    else if (goes_on_)
        return;  // and finds out by itself
    else if (state_ == State::sending && (events.output || events.hangup))
        send();
    else if (state_ == State::reading && unread_)
        receive();
    else if (state_ == State::lingering)
        discard();
    // While sending, the input waits until the answer is out.
}

void Session::go_on_later() {
    if (std::exchange(goes_on_, true))
        return;
    boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Session>(this)] {
        self->goes_on_ = false;
        self->go_on();
    });
}

void Session::go_on() {
    if (state_ == State::sending)
        send();
    else if (state_ == State::reading)
        std::exchange(buffered_, false) || !unread_ ? process_input() : receive();
    else if (state_ == State::parked)
        check_peer();
    else if (state_ == State::lingering)
        discard();
}

void Session::receive() {
    const std::size_t space = input_.space_bytes();
    const ssize_t n = ::recv(socket_.get(), input_.space(), space, MSG_DONTWAIT);
    if (n == 0) {
        end_of_input();
        return;
    }
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        close();
        return;
    }
    if (n > 0)
        input_.filled(static_cast<std::size_t>(n));
    // A stream that gives less than was asked for is empty, but for its end (epoll(7), Q9), and for
    // what follows an urgent byte.
    urgent_ = urgent_ && n > 0;
    unread_ = ended_ || urgent_ || (n < 0 ? errno == EINTR : static_cast<std::size_t>(n) == space);
    process_input();
}

void Session::await_peer() {
    input_.release_if_empty();
    if (shared_.stopping && state_ == State::reading && !unread_)
        return end_between_requests();
    join();
    // What is known already is not told again.
    if (unread_ && (state_ == State::reading || (state_ == State::parked && ended_)))
        go_on_later();
}

/// Enters the set of sockets. Connections that end with their first answer need not.
void Session::join() {
    if (joined_)
        return;
    joined_ = true;
    if (const ErrorCode error = shared_.sockets.add(socket_.get(), *this))
        fail_later(error);
}

void Session::watch_output() {
    join();
    if (std::exchange(output_watched_, true))
        return;
    if (const ErrorCode error = shared_.sockets.watch_output(socket_.get(), *this))
        fail_later(error);
}

/// The kernel has no memory to watch one more socket. Who parks a request still needs the session.
void Session::fail_later(const ErrorCode& error) {
    log::warn("cannot watch a connection, which ends: {}", error.message());
    boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Session>(this)] {
        self->close();
    });
}

/// Something has come from the peer of a held request: its end, or a pipelined request, which
/// waits.
void Session::check_peer() {
    if (hung_up_)
        return close();
    if (ended_)
        return end_of_input();
    if (!input_.empty())
        return;
    char byte = 0;
    const ssize_t n = ::recv(socket_.get(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (n == 0)
        end_of_input();
    else if (n < 0 && errno == EAGAIN)
        unread_ = false;
    else if (n < 0 && errno != EINTR)
        close();
}

// --- Answering -----------------------------------------------------------------------------

void Session::park(std::unique_ptr<Waiter> waiter, Clock::time_point until) {
    if (waiter) {
        waiter_ = std::move(waiter);
        raise(shared_.counters.subscribers);
    }
    state_ = State::parked;
    set_deadline(until);
    if (!processing_)
        await_peer();
}

void Session::forget_waiter() {
    if (waiter_)
        lower(shared_.counters.subscribers);
    waiter_.reset();
}

void Session::respond(Response response) {
    if (state_ == State::closed)
        return;
    forget_waiter();
    state_ = State::sending;
    if (response.close)
        connection_ = Connection::close;
    Transmission transmission(std::move(response));
    const auto outcome = transmission.send(socket_.get());
    if (outcome == Transmission::Outcome::failed) {
        close();
    } else if (outcome == Transmission::Outcome::done) {
        sent(transmission.sent_bytes());
    } else {
        sending_since_ = Clock::now();
        transmission_ = std::make_unique<Transmission>(std::move(transmission));
        set_deadline(sending_since_ + shared_.send_timeout);
        send_later(outcome);
    }
}

/// Goes on when the socket takes more, or, after a turn's worth, when others had theirs.
void Session::send_later(Transmission::Outcome outcome) {
    outcome == Transmission::Outcome::paused ? go_on_later() : watch_output();
}

void Session::send() {
    const std::uint64_t before = transmission_->sent_bytes();
    const auto outcome = transmission_->send(socket_.get());
    if (outcome == Transmission::Outcome::failed) {
        close();
        return;
    }
    if (outcome == Transmission::Outcome::done) {
        const std::uint64_t bytes = transmission_->sent_bytes();
        transmission_.reset();
        sent(bytes);
        return;
    }
    if (transmission_->sent_bytes() != before)
        set_deadline(Clock::now() + shared_.send_timeout);
    send_later(outcome);
}

void Session::sent(std::uint64_t bytes) {
    if (connection_ == Connection::close)
        return finish(bytes);
    state_ = State::reading;
    // Before a connection ends without a last answer, its socket is looked at once more.
    unread_ = unread_ || shared_.stopping;
    if (!processing_)
        process_input();
}

// --- Ending --------------------------------------------------------------------------------

/// Closing a socket with unread input, or input that comes after, resets the connection, and what
/// the peer has not got yet of the answer is lost with it. A short answer is ahead of the reset.
void Session::finish(std::uint64_t bytes) {
    if (linger_ || !input_.empty() || has_unread())
        return linger();
    if (bytes > first_flight_bytes) {
        ::shutdown(socket_.get(), SHUT_WR);  // the last packet may wait for the end
        if (has_unacknowledged())
            return linger();
    }
    close();
}

/// While stopping: no request is there any more, though part of one may be.
void Session::end_between_requests() {
    input_.empty() && !has_unacknowledged() ? close() : linger();
}

void Session::linger() {
    forget_waiter();
    state_ = State::lingering;
    ::shutdown(socket_.get(), SHUT_WR);
    sending_since_ = Clock::now();
    set_deadline(sending_since_ + linger_silence_max);
    discard();
}

void Session::discard() {
    std::array<char, 4096> bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): only read into
    for (int i = 0; i < 64; ++i) {
        const ssize_t n = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) {
            if (i != 0)
                set_deadline(
                    std::min(Clock::now() + linger_silence_max, sending_since_ + linger_max)
                );
            join();
            return;
        }
        if (n == 0 || (n < 0 && errno != EINTR) || discarded_bytes_ > linger_bytes_max) {
            close();
            return;
        }
        discarded_bytes_ += static_cast<std::uint32_t>(std::max<ssize_t>(n, 0));
    }
    go_on_later();
}

/// The peer is silent. It may be busy taking the rest of the answer, which the kernel has.
void Session::lingered() {
    const auto now = Clock::now();
    if (now - sending_since_ >= linger_max || !has_unacknowledged())
        return close();
    set_deadline(std::min(now + linger_silence_max, sending_since_ + linger_max));
}

bool Session::has_unread() const noexcept {
    char byte = 0;
    return ::recv(socket_.get(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/// Whether the peer's kernel is still to be sent something, our end included.
bool Session::has_unacknowledged() const noexcept {
    int bytes = 0;
    return ::ioctl(socket_.get(), SIOCOUTQ, &bytes) == 0 && bytes > 0;
}

double Session::transmission_rate() const noexcept {
    const std::chrono::duration<double> elapsed = Clock::now() - sending_since_;
    return static_cast<double>(transmission_->sent_bytes()) / std::max(elapsed.count(), 0.001);
}

}  // namespace treecast::proxy
