#include "proxy/session.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr auto linger_timeout = 2s;

}  // namespace

Session::Session(SessionShared& shared, UniqueFd socket)
    : shared_(shared),
      input_(shared.buffers),
      socket_(shared.context.get_executor(), socket.release()) {}

void Session::enlist() {
    intrusive_ptr_add_ref(this);  // dropped by close()
    shared_.sessions.push_back(*this);
    raise(shared_.counters.connections);
}

Connection Session::connection() const noexcept {
    return shared_.stopping ? Connection::close : connection_;
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
    lower(shared_.counters.connections);
    intrusive_ptr_release(this);  // callers hold a reference of their own
}

void Session::stop() {
    if (state_ == State::reading)
        close();
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

/// For a parked session whose peer has sent more already, or its end: only a hang-up is of
/// interest, and waiting for readability would return at once, again and again.
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
    process_input();
}

void Session::await_peer() {
    input_.release_if_empty();
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
    else if (n == 0)
        end_of_input();
    else if (errno == EAGAIN || errno == EINTR)
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
    set_deadline(until);
    if (!processing_)
        await_peer();
}

void Session::respond(Response response) {
    if (state_ == State::closed)
        return;
    if (waiter_)
        lower(shared_.counters.subscribers);
    waiter_.reset();
    state_ = State::sending;
    if (response.close)
        connection_ = Connection::close;
    Transmission transmission(std::move(response));
    const auto outcome = transmission.send(socket_.native_handle());
    if (outcome == Transmission::Outcome::failed) {
        close();
    } else if (outcome == Transmission::Outcome::done) {
        sent();
    } else {
        sending_since_ = Clock::now();
        transmission_ = std::make_unique<Transmission>(std::move(transmission));
        set_deadline(sending_since_ + shared_.send_timeout);
        send_later(outcome);
    }
}

/// Goes on when the socket takes more, or, after a turn's worth, when others had theirs.
void Session::send_later(Transmission::Outcome outcome) {
    if (outcome == Transmission::Outcome::paused) {
        boost::asio::post(shared_.context, [self = boost::intrusive_ptr<Session>(this)] {
            self->send();
        });
        return;
    }
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
        transmission_.reset();
        sent();
        return;
    }
    if (transmission_->sent_bytes() != before)
        set_deadline(Clock::now() + shared_.send_timeout);
    send_later(outcome);
}

void Session::sent() {
    if (connection() == Connection::close) {
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
    set_deadline(Clock::now() + linger_timeout);
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
