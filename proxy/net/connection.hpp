// One connection, whatever it speaks: receives, holds what waits, sends, ends.
//
// A state machine on a non-blocking socket, no coroutine and no standing buffers, because ten
// thousand of them wait most of their lives: while idle or held it is a member of the worker's
// SocketSet and nothing else. A ProtocolHandler says what its bytes are; whoever it hands a request
// to calls respond() or hold(). One thread. Kept alive by the list of connections until closed, and
// by whatever handler is running.
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
    /// Takes a connected, non-blocking socket, and keeps itself alive until it is closed.
    static void start(ConnectionShared& shared, ProtocolHandler& protocol, UniqueFd socket);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // --- For those who answer requests

    /// How the answer to the current request is to leave the connection.
    Persistence persistence();
    /// Answers the request that was handed over or is held.
    void respond(Response response);
    /// The same with an answer that `stream` adds to until it ends.
    void respond(Response beginning, std::unique_ptr<Stream> stream);
    /// Keeps the request: its wait_is_over() is called at `until`.
    void hold(std::unique_ptr<HeldRequest> request, Clock::time_point until);
    /// Goes on holding it.
    void hold_until(Clock::time_point until);
    /// The stream has something to send, or its end.
    void resume();
    /// Ends without an answer.
    void end();

    // --- For those who watch over all connections

    /// The transmission that the socket did not take at once, null if there is none.
    const Transmission* transmission() const noexcept { return transmission_.get(); }
    void close();
    /// Answers the requests that have come already, turns away the one that is held, then ends.
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
    void take_request(const Step& step);
    void refuse(Refusal why);
    void settle();
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

    // The order leaves no gaps.
    State state_ = State::reading;
    Persistence persistence_ = Persistence::implied;  // what the current request asks for
    bool linger_ = false;      // the peer is likely to send what nobody will read
    bool begun_ = false;       // the deadline is that of a request which has begun
    bool processing_ = false;  // process_input() is on the stack, with views into the input
    bool buffered_ = false;    // go_on_later() is for requests that the input holds already
    bool goes_on_ = false;     // go_on() will be called
    bool is_stream_ = false;   // what is held is a Stream
    Socket socket_;
    ConnectionShared& shared_;
    ProtocolHandler& protocol_;
    InputBuffer input_{};
    Linger last_{};  // counts while lingering
    std::unique_ptr<HeldRequest> held_;
    std::unique_ptr<Transmission> transmission_;
};

// With a HeldRequest it is all that a parked subscriber keeps; docs/performance.md has the sum.
static_assert(sizeof(Connection) <= 168);

using ConnectionList = boost::intrusive::list<
    Connection,
    boost::intrusive::base_hook<ConnectionHook>,
    boost::intrusive::constant_time_size<false>>;

/// What the connections of one worker share; outlives them.
struct ConnectionShared {
    boost::asio::io_context& context;
    Deadlines& deadlines;
    SocketSet& sockets;
    Counters& counters;
    Clock::duration request_timeout;  // from a request's first byte to its last
    Clock::duration send_timeout;
    InputBufferPool buffers{};
    ConnectionList connections{};
    bool stopping = false;  // an answer that no request stands behind ends its connection
};

}  // namespace treecast::proxy
