// One connection of any protocol: it receives requests, holds them, sends answers and ends.
//
// It is a state machine on a non-blocking socket, without a coroutine and without permanent
// buffers, because ten thousand connections wait most of the time. An idle or held connection has
// only its entries in the worker's SocketSet, Deadlines and list of connections. A ProtocolHandler
// parses the bytes and passes each request to code that calls respond() or hold(). One thread. A
// connection keeps itself alive until it is closed, and each running handler keeps it alive too.
//
//             request                         answered
//   reading ----------> handling -------------------------> sending ---> reading
//      |                   | hold()   ^ respond()              |  ^         (or the end)
//      |                   v          |                        v  | resume(), wait is over
//      |                  held -------+                      streaming
//      +--------- refused, the last answer is out ----> lingering ---> closed
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/counters.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/held_request.hpp"
#include "proxy/net/input_buffer.hpp"
#include "proxy/net/linger.hpp"
#include "proxy/net/protocol_handler.hpp"
#include "proxy/net/response.hpp"
#include "proxy/net/socket.hpp"
#include "proxy/net/socket_set.hpp"
#include "proxy/net/transmission.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace treecast::proxy {

class Connection;
struct ConnectionShared;

using ConnectionHook = boost::intrusive::list_base_hook<
    boost::intrusive::tag<Connection>,
    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class Connection final
    : public ConnectionHook,
      private Deadline,
      private SocketSet::Member,
      public boost::intrusive_ref_counter<Connection, boost::thread_unsafe_counter> {
public:
    /// Starts a connection on a connected, non-blocking socket. It keeps itself alive until it is
    /// closed.
    static void start(ConnectionShared& shared, ProtocolHandler& protocol, UniqueFd socket);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // --- For code that answers requests

    /// Whether the connection is kept after the answer to the current request.
    Persistence persistence();
    /// Answers the request that was passed on or is held.
    void respond(Response response);
    /// The same with an answer to which `stream` adds parts until it ends.
    void respond(Response beginning, std::unique_ptr<Stream> stream);
    /// Holds the request. Its wait_is_over() is called at `until`.
    void hold(std::unique_ptr<HeldRequest> request, Clock::time_point until);
    /// Holds the request further, until `until`.
    void hold_until(Clock::time_point until);
    /// The stream has another part, or has ended.
    void resume();
    /// Ends the connection without an answer.
    void end();

    // --- For code that manages all connections

    /// The transmission under way that the socket did not accept at once; null if there is none.
    const Transmission* transmission() const noexcept { return transmission_.get(); }
    /// Whether something is kept until that transmission ends which was superseded and counts as
    /// pinned.
    bool holds_pinned() const noexcept;
    void close();
    /// Ends the wait of a held request at `at`. To be called when the worker begins to leave.
    void leave(Clock::time_point at);
    /// Answers the requests that have already arrived, turns away a held one, then ends.
    void stop();

private:
    enum class State : std::uint8_t {
        reading,
        handling,
        held,
        sending,
        streaming,  // the stream has nothing to send at the moment
        lingering,
        closed,
    };

    Connection(ConnectionShared& shared, ProtocolHandler& protocol, UniqueFd socket);
    void begin();
    void ready(SocketSet::Events events) override;
    void expired() override;

    void receive();
    void process_input();
    bool process_next();
    void wait_for_more(const Step& step);
    void handle_request(const Step& step);
    void refuse(Refusal why);
    void settle();
    void end_unasked();
    void await_peer();
    void check_peer();

    std::optional<std::uint64_t> transmit(Response response);
    void send_later(Transmission::Outcome outcome);
    void send();
    void sent(std::uint64_t bytes);
    void continue_stream();
    void release_held();

    void finish(std::uint64_t bytes);
    void linger();
    void discard();
    void lingered();

    void set_deadline(Clock::time_point at);
    void join();
    void watch_output();
    void fail_later(const ErrorCode& error);
    void go_on_later();
    void go_on();
    bool waits_for_peer() const noexcept;

    // The members are ordered so that there is no padding.
    State state_ = State::reading;
    Persistence persistence_ = Persistence::implied;  // requested by the current request
    bool linger_ = false;      // the peer may send more bytes, which nobody reads
    bool begun_ = false;       // the deadline belongs to a request that has begun
    bool processing_ = false;  // process_input() is on the stack, with views into the input
    bool buffered_ = false;    // go_on_later() is for requests that the input holds already
    bool goes_on_ = false;     // go_on() will be called
    bool is_stream_ = false;   // held_ is a Stream
    Socket socket_;
    ConnectionShared& shared_;
    ProtocolHandler& protocol_;
    InputBuffer input_{};
    Linger last_{};  // used only while lingering
    std::unique_ptr<HeldRequest> held_;
    std::unique_ptr<Transmission> transmission_;
};

// A parked subscriber keeps only this and a HeldRequest; docs/performance.md has the sum.
static_assert(sizeof(Connection) <= 168);

using ConnectionList = boost::intrusive::list<
    Connection,
    boost::intrusive::base_hook<ConnectionHook>,
    boost::intrusive::constant_time_size<false>>;

/// How far the end of a worker has come.
enum class Phase : std::uint8_t {
    serving,
    leaving,   // an answer ends its connection, unless the next request has arrived already
    stopping,  // besides, connections without a further request end, and nobody is held
};

/// State that all connections of one worker share. It outlives them.
struct ConnectionShared {
    boost::asio::io_context& context;
    Deadlines& deadlines;
    SocketSet& sockets;
    Counters& counters;
    Clock::duration request_timeout;  // from a request's first byte to its last
    Clock::duration send_timeout;
    InputBufferPool buffers{};
    ConnectionList connections{};
    Phase phase = Phase::serving;
};

}  // namespace treecast::proxy
