#include "bench/subscribers.hpp"

#include "bench/payload.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace treecast::bench {

namespace {

constexpr std::size_t buffer_bytes = 1 << 20;

}  // namespace

Subscribers::Subscribers(Protocol& protocol, const std::vector<std::string>& contents)
    : protocol_(protocol),
      contents_(contents),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(buffer_bytes) {}

void Subscribers::connect(std::uint16_t port, std::size_t count) {
    connections_ = std::vector<Connection>(count);
    answered_.reserve(count);
    deliveries_.reserve(count);
    begin_first_round();
    for (std::size_t i = 0; i < count; ++i) {
        Connection& connection = connections_[i];
        connection.file = static_cast<std::uint32_t>(i % contents_.size());
        connection.socket.reset(connect_to(port, static_cast<std::uint32_t>(i)));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &connection;
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.socket.get(), &event) != 0)
            throw std::system_error(errno, std::system_category(), "epoll_ctl");
        ask(connection, true);
        // The server's backlog is finite.
        if (i % 512 == 511)
            take(20);
    }
}

std::size_t Subscribers::subscribers(std::uint32_t file) const {
    const std::size_t all = connections_.size() / contents_.size();
    return all + (file < connections_.size() % contents_.size() ? 1 : 0);
}

void Subscribers::begin_first_round() {
    begin_round(0);
    every_file_ = true;
    expected_ = connections_.size();
}

void Subscribers::begin_round(std::uint32_t file) {
    every_file_ = false;
    file_ = file;
    in_round_ = true;
    expected_ = subscribers(file);
    deliveries_.clear();
}

bool Subscribers::take_round(std::chrono::milliseconds timeout) {
    const auto end = Clock::now() + timeout;
    while (deliveries_.size() < expected_) {
        const auto before = Clock::now();
        if (before >= end)
            break;
        const bool begun = !deliveries_.empty();
        if (!take(begun ? 0 : 100) && begun)
            polled_in_vain_ += Clock::now() - before;
    }
    in_round_ = false;
    tally_.missed += expected_ - deliveries_.size();
    return deliveries_.size() == expected_;
}

void Subscribers::ask_again() {
    for (Connection* const connection : std::exchange(answered_, {}))
        ask(*connection, false);
}

void Subscribers::take_for(std::chrono::milliseconds time) {
    const auto end = Clock::now() + time;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0)
            return;
        take(static_cast<int>(left.count()));
    }
}

void Subscribers::ask(Connection& connection, bool first) {
    connection.answered = false;
    send_all(connection.socket.get(), protocol_.ask(connection.file, first));
}

bool Subscribers::take(int timeout_ms) {
    std::array<epoll_event, 512> events{};
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    for (int i = 0; i < count; ++i)
        receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    return count > 0;
}

void Subscribers::receive(Connection& connection) {
    const ssize_t n = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        throw std::runtime_error("the server closed a subscriber's connection");
    take_bytes(connection, {buffer_.data(), static_cast<std::size_t>(n)});
}

void Subscribers::take_bytes(Connection& connection, std::string_view bytes) {
    while (!bytes.empty()) {
        if (!connection.in_body && connection.trailer_left == 0) {
            bytes.remove_prefix(take_head(connection, bytes));
            continue;
        }
        const auto part = bytes.substr(0, connection.body_left);
        compare(connection, part);
        connection.body_left -= part.size();
        bytes.remove_prefix(part.size());
        const auto trailer = std::min(bytes.size(), connection.trailer_left);
        connection.trailer_left -= trailer;
        bytes.remove_prefix(trailer);
        if (connection.body_left == 0 && std::exchange(connection.in_body, false))
            complete(connection);
    }
}

/// How many of `bytes` it took.
std::size_t Subscribers::take_head(Connection& connection, std::string_view bytes) {
    const std::size_t before = connection.begun.size();
    std::string_view whole = bytes;
    if (before != 0)
        whole = connection.begun.append(bytes);
    const Head head = protocol_.read_head(whole, connection.file);
    if (head.kind == Head::Kind::incomplete) {
        if (before == 0)
            connection.begun = bytes;
        return bytes.size();
    }
    connection.begun.clear();
    if (!head.reply.empty())
        send_all(connection.socket.get(), head.reply);
    if (head.kind == Head::Kind::ended)
        ask(connection, false);
    if (head.kind == Head::Kind::notice) {
        head_bytes_ = head.bytes;
        complete(connection);
    }
    if (head.kind == Head::Kind::content) {
        head_bytes_ = head.bytes;
        connection.in_body = true;
        connection.body_bytes = connection.body_left = head.body_bytes;
        connection.trailer_left = head.trailer_bytes;
        if (head.body_bytes != contents_[connection.file].size())
            connection.other = std::make_unique<std::string>();
    }
    return head.bytes - before;
}

/// Keeps the body only once it is not the one that it should be.
void Subscribers::compare(Connection& connection, std::string_view part) {
    const std::string_view content = contents_[connection.file];
    const std::size_t at = connection.body_bytes - connection.body_left;
    if (!connection.other && content.substr(at, part.size()) != part)
        connection.other = std::make_unique<std::string>(content.substr(0, at));
    if (connection.other)
        connection.other->append(part);
}

void Subscribers::complete(Connection& connection) {
    const bool expected =
        in_round_ && (every_file_ || connection.file == file_) && !connection.answered;
    if (connection.other && !is_payload(*connection.other, connection.file))
        ++tally_.torn;
    else if (connection.other || !expected)
        ++tally_.stale;
    else
        ++tally_.whole;
    connection.other.reset();
    if (expected)
        deliveries_.push_back(Clock::now());
    if (!std::exchange(connection.answered, true))
        answered_.push_back(&connection);
}

}  // namespace treecast::bench
