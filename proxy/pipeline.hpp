// One worker: from published versions to subscribers. The table of contents of this room.
//
//   accept            acceptor.cpp        a connection comes
//   wait              socket_set.cpp      for all connections at once
//   read, parse       http_session.cpp    its requests, in order      (request.cpp)
//                     getfile_session.cpp its only one                (getfile_request.cpp)
//   find who answers  router.cpp          endpoints but the files: endpoints.cpp
//   decide            file_service.cpp    answer now or hold          (poll_decision.cpp)
//   prepare           file_answers.cpp    one response for all        (representation.cpp,
//                                                                      getfile_answer.cpp)
//   send              transmission.cpp    straight from what is shared
//   be told           Pipeline::on_bell   the bell rings, the log says what changed
//   answer the held   file_service.cpp    one look for all who wait for a file
//
// One thread runs everything here; workers share nothing but counters.
#pragma once

#include "proxy/files/file_service.hpp"
#include "proxy/net/acceptor.hpp"
#include "proxy/operations/endpoints.hpp"
#include "proxy/settings.hpp"
#include "proxy/source/attachment.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace treecast::proxy {

class Pipeline final : private RequestHandler {
public:
    /// `counters` are those of all workers; `counters[worker]` is written here. `ready` is called
    /// once, in the worker's thread, when it can answer for the whole tree.
    Pipeline(
        boost::asio::io_context& context,
        const Settings& settings,
        unsigned worker,
        std::span<Counters> counters,
        std::function<void()> ready
    );
    ~Pipeline();
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    void listen(UniqueFd socket, Protocol protocol);
    void start();
    /// Stops accepting, answers requests that have come, turns away who waits, lets answers under
    /// way end (at most 5 s). The context has no more work after that.
    void stop();

private:
    void handle(Session& session, const Request& request) override;
    void handle_getfile(Session& session, Protocol dialect, std::string_view path) override;
    void wait_is_over(Session& session) override;
    void settle(Session& session);

    void wait_for_bell();
    void on_bell();
    void take(const std::optional<ipc::Notification>& notification);
    void catch_up();
    void sweep_wants();
    void tick();
    void tell_ready();
    void refresh_attachment();
    void report_in_use();
    void limit_pinned();
    Clock::duration tick_interval();
    void schedule_tick();
    void schedule_wants();
    void end_if_drained();

    boost::asio::io_context& context_;
    const Settings& settings_;
    const unsigned worker_;
    const std::span<Counters> counters_;
    Counters& own_counters_;
    std::function<void()> ready_;

    Attachment attachment_;
    Deadlines deadlines_;
    SocketSet sockets_;
    Wants wants_;
    SessionShared shared_;
    RepresentationCache cache_;
    Endpoints endpoints_;
    FileService files_;
    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    boost::asio::posix::stream_descriptor bell_;
    boost::asio::steady_timer tick_;
    boost::asio::steady_timer wants_timer_;
    boost::asio::steady_timer drain_timer_;

    bool bell_pending_ = false;        // a wait for the bell is under way
    bool scan_complete_ = false;       // the catalog's, when it was looked at last
    std::uint64_t last_revision_ = 0;  // the log has been read up to here
    std::vector<ipc::LogRecord> changes_;
    std::uint32_t daemon_pid_ = 0;
    Clock::time_point wants_look_at_ = Clock::time_point::max();  // when wants_timer_ ends
    std::vector<ipc::FileId> in_use_;                             // as the daemon was told last
    std::size_t in_use_told_ = 0;                                 // how many of them
    std::size_t in_use_next_ = 0;
    Clock::duration look_for_daemon_{};
    unsigned in_use_kept_ = 0;
    Clock::time_point drain_until_{};
};

}  // namespace treecast::proxy
