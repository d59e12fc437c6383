// One worker: it sends published versions to subscribers. The table of contents of this folder.
//
//   accept            net/acceptor.cpp              a connection comes
//   wait              net/socket_set.cpp            for all connections at once
//   receive           net/connection.cpp            everything that happens to one of them
//   parse             http/http_protocol.cpp        its requests, in order    (http/request.cpp)
//                     getfile/getfile_protocol.cpp  its only one              (getfile_request.cpp)
//   find who answers  router.cpp                    the table of endpoints
//   decide            files/file_service.cpp        answer now or hold        (poll_decision.cpp)
//                     feed/feed_service.cpp
//                     feed/event_streams.cpp        answer for ever           (event_stream.cpp)
//   prepare           files/http_file_answers.cpp   one response for all      (representation.cpp)
//                     getfile/getfile_answers.cpp
//   send              net/connection_sending.cpp    straight from what is shared (transmission.cpp)
//   follow            source/change_follower.cpp    the bell rings, the log says what changed
//   answer the held   files/file_service.cpp        one look for all who wait for a file
//                     feed/feed_dispatcher.cpp      one list for all who wait for the same files
//
// One thread runs everything here; workers share nothing but counters, the thread for long jobs
// (source/maker.hpp), and what that has made (source/made_contents.hpp).
#pragma once

#include "proxy/archive/archive_endpoint.hpp"
#include "proxy/archive/archive_exchange.hpp"
#include "proxy/archive/archive_service.hpp"
#include "proxy/feed/event_streams.hpp"
#include "proxy/feed/feed_endpoint.hpp"
#include "proxy/feed/feed_service.hpp"
#include "proxy/files/file_endpoint.hpp"
#include "proxy/files/file_service.hpp"
#include "proxy/getfile/getfile_protocol.hpp"
#include "proxy/http/http_protocol.hpp"
#include "proxy/net/acceptor.hpp"
#include "proxy/operations/operations.hpp"
#include "proxy/router.hpp"
#include "proxy/settings.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/change_follower.hpp"
#include "proxy/source/codings.hpp"
#include "proxy/source/in_use_report.hpp"
#include "proxy/source/made_contents.hpp"
#include "proxy/source/maker.hpp"
#include "proxy/source/pinned_limit.hpp"
#include "proxy/source/want_sender.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace treecast::proxy {

/// What all workers of the process share to make something once for many clients. Thread safe.
struct MakingShared {
    Maker& maker;
    MadeContents& made;
    Codings& codings;
    ArchiveExchange& archives;
};

class Worker final {
public:
    /// `settings` outlive the worker. `counters` are those of all workers; this one writes
    /// `counters[number]`. `ready` is called once, in the worker's thread, when it can answer for
    /// the whole tree.
    Worker(
        boost::asio::io_context& context,
        const Settings& settings,
        unsigned number,
        std::span<Counters> counters,
        MakingShared making,
        std::function<void()> ready
    );
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void listen(UniqueFd socket, Protocol protocol, SocketOrigin origin);
    void start();
    /// To be called some time before stop(): ends the wait of each held request at a random moment
    /// within `spread`. Each answer ends its connection from now on, and inherited sockets are not
    /// accepted from any more. Everything else continues, new waits included.
    void leave(std::chrono::milliseconds spread);
    /// Accepts what is in the backlog, and nothing after that. Requests are no longer held. To be
    /// called on all workers before stop() is called on any: clients come back at once, and a
    /// connection to a worker that closes its socket at this moment is reset.
    void stop_accepting();
    /// Stops accepting, answers the requests that have arrived, held ones as at the end of their
    /// wait, and waits at most 5 s for answers under way. Then it stops the context.
    void stop();

private:
    ProtocolHandler& handler_of(Protocol protocol) noexcept;
    void housekeep();
    std::vector<boost::intrusive_ptr<Connection>> connections();
    void end_if_drained();

    boost::asio::io_context& context_;
    Deadlines deadlines_;
    SocketSet sockets_;
    Attachment attachment_;
    ConnectionShared shared_;

    ChangeFollower follower_;
    WantSender wants_;
    PinnedLimit pinned_limit_;
    InUseReport in_use_;
    RepresentationCache cache_;
    FileCodings codings_;
    FileService files_;
    FileEndpoint file_endpoint_;
    FeedService feed_;
    EventStreams events_;
    FeedEndpoint feed_endpoint_;
    ArchiveService archives_;
    ArchiveEndpoint archive_endpoint_;
    Operations operations_;
    Router router_;

    HttpProtocol http_;
    GetfileProtocol getfile_;
    GetfileProtocol getfile_legacy_;
    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    std::vector<boost::intrusive_ptr<Connection>>
        accepted_before_;  // between the steps of the stop
    boost::asio::steady_timer drain_timer_;
    Clock::time_point drain_until_{};
};

}  // namespace treecast::proxy
