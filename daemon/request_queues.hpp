// Receives the workers' requests, and waits for more on the queues that have been read to their
// end. The daemon's thread.
#pragma once

#include "ipc/daemon_queues.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <vector>

namespace treecast::daemon {

class RequestQueues {
public:
    /// The most requests of one worker at a time, so that a busy worker does not starve others.
    static constexpr unsigned requests_at_once = 16;

    /// `queues` outlives it. The loop calls `on_readable` after wait().
    RequestQueues(
        boost::asio::io_context& loop,
        ipc::DaemonQueues& queues,
        std::function<void()> on_readable
    );

    /// Passes on the requests that have arrived. Returns whether there may be more.
    bool receive(const std::function<void(const ipc::Request&)>& on_request);
    /// Waits for more on the queues that have been read to their end.
    void wait();

private:
    struct Queue {
        boost::asio::posix::stream_descriptor descriptor;
        bool is_drained = false;
        bool is_awaited = false;
    };
    void wait(Queue& queue);

    ipc::DaemonQueues& pairs_;
    std::function<void()> on_readable_;
    std::vector<Queue> queues_;
};

}  // namespace treecast::daemon
