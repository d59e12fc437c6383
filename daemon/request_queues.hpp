// The workers' requests: which queues have been read to their end, and who waits for more of them.
// The daemon's thread.
#pragma once

#include "ipc/queue_pairs_writer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <functional>
#include <vector>

namespace treecast::daemon {

class RequestQueues {
public:
    /// At most so many of each worker at a time: a busy one starves no other.
    static constexpr unsigned requests_at_once = 16;

    /// `queues` outlives it. `on_readable` is called by the loop, after wait().
    RequestQueues(
        boost::asio::io_context& loop,
        ipc::QueuePairsWriter& queues,
        std::function<void()> on_readable
    );

    /// Hands over what has come. Whether there may be more.
    bool receive(const std::function<void(const ipc::Request&)>& on_request);
    /// Waits for more of those queues that have been read to their end.
    void wait();

private:
    struct Queue {
        boost::asio::posix::stream_descriptor descriptor;
        bool is_drained = false;
        bool is_awaited = false;
    };
    void wait(Queue& queue);

    ipc::QueuePairsWriter& pairs_;
    std::function<void()> on_readable_;
    std::vector<Queue> queues_;
};

}  // namespace treecast::daemon
