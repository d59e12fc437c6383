// One connection, whatever it speaks: receives, holds what waits, sends, ends.
//
// A state machine on a non-blocking socket, no coroutine and no standing buffers, because ten
// thousand of them wait most of their lives: while idle or parked it is a member of the worker's
// SocketSet and nothing else. What a request is, and when the peer has been silent for too long,
// say HttpSession and GetfileSession. One thread. Kept alive by the list of sessions until closed,
// and by whatever handler is running.
#pragma once

#include "base/unique_fd.hpp"
#include "proxy/files/waiter.hpp"
#include "proxy/http/request.hpp"
#include "proxy/net/deadlines.hpp"
#include "proxy/net/input_buffer.hpp"
#include "proxy/net/protocol.hpp"
#include "proxy/net/response.hpp"
#include "proxy/net/socket_set.hpp"
#include "proxy/net/transmission.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>

namespace treecast::proxy {

class Session;

/// What answers requests.
class RequestHandler {
public:
    // Both call session.respond() or session.park(), now. Views end with the call.
    virtual void handle(Session& session, const Request& request) = 0;
    /// GETFILE of `path`, which is as the client sent it, without the leading slash.
    virtual void handle_getfile(Session& session, Protocol dialect, std::string_view path) = 0;
    /// The deadline of a parked session came: respond() or park() again.
    virtual void wait_is_over(Session& session) = 0;

protected:
    ~RequestHandler() = default;
};

struct SessionShared;

using SessionHook = boost::intrusive::list_base_hook<
    boost::intrusive::tag<Session>,
    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class Session : public boost::intrusive_ref_counter<Session, boost::thread_unsafe_counter>,
                public SessionHook,
                private Deadline,
                private SocketSet::Member {
public:
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    /// Answers the request that was handed over or is parked.
    void respond(Response response);
    /// Keeps the request; `waiter` (or the parked one, if null) is asked again at `until`.
    void park(std::unique_ptr<Waiter> waiter, Clock::time_point until);

    /// The request that is held, null if none is.
    Waiter* waiter() const noexcept { return waiter_.get(); }
    /// How the answer to the current request leaves the connection.
    Connection connection() const noexcept;
    /// The transmission that the socket did not take at once, null if there is none.
    const Transmission* transmission() const noexcept { return transmission_.get(); }
    /// Bytes a second of the current transmission so far.
    double transmission_rate() const noexcept;
    void close();
    /// Answers the requests that have come already, then ends. A parked session stays: who holds it
    /// answers it.
    void stop();

protected:
    enum class State : std::uint8_t { reading, handling, parked, sending, lingering, closed };

    Session(SessionShared& shared, UniqueFd socket);
    /// Keeps the session alive until it is closed, and takes its first request if that is there.
    void begin();

    /// Input has come, or the answer is out and the connection goes on: hands over the requests
    /// that are there.
    virtual void process_input() = 0;
    /// The peer has said that it sends no more, while reading or parked.
    virtual void end_of_input() = 0;
    /// The deadline came while reading.
    virtual void reading_is_over() = 0;

    void set_deadline(Clock::time_point at);
    /// Gives back what is not needed and waits for what comes next.
    void await_peer();
    /// Goes on with what is there when others had their turn.
    void go_on_later();
    /// Ends our half, and reads what is still on its way until the peer ends its own.
    void linger();

    SessionShared& shared_;
    InputBuffer input_;
    State state_ = State::reading;
    Connection connection_ = Connection::implied;  // what the current request asks for
    bool linger_ = false;      // the peer is likely to send what nobody will read
    bool processing_ = false;  // process_input() is on the stack, with views into the input
    bool buffered_ = false;    // go_on_later() is for requests that the input holds already

private:
    void expired() override;
    void ready(SocketSet::Events events) override;

    void join();
    void watch_output();
    void fail_later(const ErrorCode& error);
    void go_on();
    void receive();
    void check_peer();
    void forget_waiter();
    void send();
    void send_later(Transmission::Outcome outcome);
    void sent(std::uint64_t bytes);
    void finish(std::uint64_t bytes);
    void end_between_requests();
    void discard();
    void lingered();
    bool has_unread() const noexcept;
    bool has_unacknowledged() const noexcept;

    UniqueFd socket_;
    std::uint32_t discarded_bytes_ = 0;  // while lingering
    bool joined_ = false;          // the set of sockets, which most short connections never do
    bool output_watched_ = false;  // since the socket was full for the first time
    bool unread_ = true;           // the socket may have bytes for us, or the peer's end
    bool urgent_ = false;          // some are marked urgent, which divides what one recv() gives
    bool ended_ = false;           // the peer's end is among them
    bool hung_up_ = false;         // nor does it receive
    bool goes_on_ = false;         // go_on() will be called
    std::unique_ptr<Waiter> waiter_;
    std::unique_ptr<Transmission> transmission_;
    Clock::time_point sending_since_{};  // or lingering
};

using SessionList = boost::intrusive::list<
    Session,
    boost::intrusive::base_hook<SessionHook>,
    boost::intrusive::constant_time_size<false>>;

/// What the sessions of one worker share; outlives their connections.
struct SessionShared {
    boost::asio::io_context& context;
    Deadlines& deadlines;
    SocketSet& sockets;
    RequestHandler& handler;
    Counters& counters;
    Clock::duration request_timeout;  // from a request's first byte to its last
    Clock::duration send_timeout;
    InputBufferPool buffers{};
    SessionList sessions{};
    bool stopping = false;  // an answer that no request stands behind ends its connection
};

}  // namespace treecast::proxy
