// One connection, whatever it speaks: receives, holds what waits, sends, ends.
//
// A state machine on a non-blocking socket, no coroutine and no standing buffers, because ten
// thousand of them wait most of their lives: while idle or parked it has one wait for readability
// pending and nothing else. What a request is, and when the peer has been silent for too long, say
// HttpSession and GetfileSession. One thread. Kept alive by the list of sessions until closed, and
// by whatever handler is running.
#pragma once

#include "proxy/deadlines.hpp"
#include "proxy/input_buffer.hpp"
#include "proxy/protocol.hpp"
#include "proxy/request.hpp"
#include "proxy/response.hpp"
#include "proxy/transmission.hpp"
#include "proxy/waiter.hpp"

#include <treecast/unique_fd.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
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
                private Deadline {
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
    /// Ends what can be ended without an answer: a connection that is between requests.
    void stop();

protected:
    enum class State : std::uint8_t { reading, handling, parked, sending, lingering, closed };

    Session(SessionShared& shared, UniqueFd socket);
    /// Keeps the session alive until it is closed.
    void enlist();

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
    void wait_for_hangup();
    void linger();

    SessionShared& shared_;
    InputBuffer input_;
    State state_ = State::reading;
    Connection connection_ = Connection::implied;  // what the current request asks for
    bool linger_ = false;      // the peer may still be sending what nobody will read
    bool processing_ = false;  // process_input() is on the stack, with views into the input

private:
    void expired() override;

    void wait_readable();
    void on_readable(const boost::system::error_code& error);
    void on_hangup();
    void receive();
    void check_peer();
    void send();
    void send_later(Transmission::Outcome outcome);
    void sent();
    void discard();

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> socket_;
    std::unique_ptr<Waiter> waiter_;
    std::unique_ptr<Transmission> transmission_;
    Clock::time_point sending_since_{};
    bool read_pending_ = false;    // a wait for readability is under way
    bool hangup_pending_ = false;  // a wait for the peer's end is under way
};

using SessionList = boost::intrusive::list<
    Session,
    boost::intrusive::base_hook<SessionHook>,
    boost::intrusive::constant_time_size<false>>;

/// What the sessions of one worker share; outlives their connections.
struct SessionShared {
    boost::asio::io_context& context;
    Deadlines& deadlines;
    RequestHandler& handler;
    Counters& counters;
    Clock::duration request_timeout;  // from a request's first byte to its last
    Clock::duration send_timeout;
    InputBufferPool buffers{};
    SessionList sessions{};
    bool stopping = false;  // every answer ends its connection
};

}  // namespace treecast::proxy
