// Many connections that each wait for one file, on one epoll. One thread.
//
// Every body is compared with the round that it belongs to. Whoever was answered asks again only
// when told to, so that the requests of one round do not stand in the way of its answers.
#pragma once

#include "base/unique_fd.hpp"
#include "bench/protocol.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace treecast::bench {

using Clock = std::chrono::steady_clock;

struct Tally {
    std::uint64_t whole = 0;   // the right bytes
    std::uint64_t missed = 0;  // nothing came in time
    std::uint64_t stale = 0;   // bytes of another round, or what is known already
    std::uint64_t torn = 0;    // bytes of no round
};

class Subscribers {
public:
    /// Connection i subscribes to file i modulo `contents.size()`. `protocol` and `contents`, the
    /// newest of each file, outlive this; contents change only between rounds.
    Subscribers(Protocol& protocol, const std::vector<std::string>& contents);

    void connect(std::uint16_t port, std::size_t count);
    std::size_t size() const { return connections_.size(); }
    /// Subscribers of `file`.
    std::size_t subscribers(std::uint32_t file) const;

    /// From now on the content of `file` is new to its subscribers.
    void begin_round(std::uint32_t file);
    /// The first subscriptions: every file is new.
    void begin_first_round();
    /// Takes what comes until all have their answer; false if that takes longer than `timeout`.
    /// Sleeps until the first answer and polls from then on: whether it sleeps between two answers
    /// would be luck, and a send that has to wake it costs the server a quarter more.
    bool take_round(std::chrono::milliseconds timeout);
    /// When each subscriber of this round had the last byte, in the order in which they had it.
    const std::vector<Clock::time_point>& deliveries() const { return deliveries_; }
    /// All who were answered ask again.
    void ask_again();
    /// Takes what comes for so long; there should be nothing.
    void take_for(std::chrono::milliseconds time);

    const Tally& tally() const { return tally_; }
    /// How long, in all, it polled while there was nothing to take.
    Clock::duration polled_in_vain() const { return polled_in_vain_; }
    std::size_t head_bytes() const { return head_bytes_; }

private:
    struct Connection {
        UniqueFd socket{};
        std::uint32_t file = 0;
        bool answered = false;  // has its answer of this round
        bool in_body = false;
        std::string begun{};         // a head that is not complete
        std::size_t body_bytes = 0;  // in all
        std::size_t body_left = 0;
        std::size_t trailer_left = 0;
        std::unique_ptr<std::string> other{};  // the body so far, where it is not what it should be
    };

    void ask(Connection& connection, bool first);
    /// False if nothing came.
    bool take(int timeout_ms);
    void receive(Connection& connection);
    void take_bytes(Connection& connection, std::string_view bytes);
    std::size_t take_head(Connection& connection, std::string_view bytes);
    void compare(Connection& connection, std::string_view part);
    void complete(Connection& connection);

    Protocol& protocol_;
    const std::vector<std::string>& contents_;
    UniqueFd epoll_;
    std::vector<Connection> connections_;
    std::vector<Connection*> answered_;
    std::vector<char> buffer_;
    bool every_file_ = false;
    std::uint32_t file_ = 0;
    bool in_round_ = false;
    std::size_t expected_ = 0;
    std::vector<Clock::time_point> deliveries_;
    Clock::duration polled_in_vain_{0};
    Tally tally_;
    std::size_t head_bytes_ = 0;
};

}  // namespace treecast::bench
