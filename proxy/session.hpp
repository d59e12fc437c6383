// One connection: reads requests, sends answers in their order, holds what waits.
//
// A state machine on a non-blocking socket, no coroutine and no standing buffers, because ten
// thousand of them wait most of their lives: while idle or parked it has one wait for readability
// pending and nothing else. One thread. Kept alive by the list of sessions until closed, and by
// whatever handler is running.
#pragma once

#include "proxy/deadlines.hpp"
#include "proxy/input_buffer.hpp"
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
    /// Calls session.respond() or session.park(), now. The views in `request` end with the call.
    virtual void handle(Session& session, const Request& request) = 0;
    /// The deadline of a parked session came: respond() or park() again.
    virtual void wait_is_over(Session& session) = 0;

protected:
    ~RequestHandler() = default;
};

struct SessionShared;

using SessionHook = boost::intrusive::list_base_hook<
    boost::intrusive::tag<Session>,
    boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class Session final : public boost::intrusive_ref_counter<Session, boost::thread_unsafe_counter>,
                      public SessionHook,
                      private Deadline {
public:
    /// Takes a connected, non-blocking socket, and keeps itself alive until it is closed.
    static void start(SessionShared& shared, UniqueFd socket);
    ~Session();

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

private:
    enum class State : std::uint8_t { reading, handling, parked, sending, lingering, closed };

    Session(SessionShared& shared, UniqueFd socket);
    void expired() override;

    void wait_readable();
    void wait_for_hangup();
    void on_readable(const boost::system::error_code& error);
    void on_hangup();
    void receive();
    void process_input();
    void process_head(std::size_t length);
    void refuse(unsigned status);
    void settle_input();
    void check_peer();
    void send();
    void wait_writable();
    void sent();
    void linger();
    void discard();

    SessionShared& shared_;
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> socket_;
    InputBuffer input_;
    std::unique_ptr<Waiter> waiter_;
    std::unique_ptr<Transmission> transmission_;
    Clock::time_point sending_since_{};
    State state_ = State::reading;
    bool http_1_0_ = false;
    bool keep_alive_ = true;
    bool linger_ = false;          // the peer is still sending what nobody will read
    bool read_pending_ = false;    // a wait for readability is under way
    bool hangup_pending_ = false;  // a wait for the peer's end is under way
    bool processing_ = false;      // process_input() is on the stack
    bool partial_ = false;         // the deadline is that of a request which has begun
    bool blank_begun_ = false;     // empty lines came before the next request: they begin it
};

using SessionList = boost::intrusive::list<
    Session,
    boost::intrusive::base_hook<SessionHook>,
    boost::intrusive::constant_time_size<false>>;

/// What the sessions of one worker share; outlives them.
struct SessionShared {
    boost::asio::io_context& context;
    Deadlines& deadlines;
    RequestHandler& handler;
    Counters& counters;
    Clock::duration send_timeout;
    InputBufferPool buffers{};
    SessionList sessions{};
    bool stopping = false;  // every answer ends its connection
};

}  // namespace treecast::proxy
