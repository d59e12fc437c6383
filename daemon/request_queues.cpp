#include "daemon/request_queues.hpp"

#include "daemon/turn_trigger.hpp"

#include <utility>

namespace treecast::daemon {

namespace asio = boost::asio;

RequestQueues::RequestQueues(
    asio::io_context& loop,
    ipc::DaemonQueues& queues,
    std::function<void()> on_readable
)
    : pairs_(queues), on_readable_(std::move(on_readable)) {
    for (unsigned pair = 0; pair < pairs_.pairs(); ++pair)
        queues_.push_back({.descriptor = waitable(loop, pairs_.request_descriptor(pair))});
}

bool RequestQueues::receive(const std::function<void(const ipc::Request&)>& on_request) {
    bool may_have_more = false;
    for (unsigned pair = 0; pair < pairs_.pairs(); ++pair) {
        bool& is_drained = queues_[pair].is_drained;
        for (unsigned taken = 0; !is_drained && taken < requests_at_once; ++taken) {
            if (const auto request = pairs_.receive(pair))
                on_request(*request);
            else
                is_drained = true;  // read again only after the next wait
        }
        may_have_more = may_have_more || !is_drained;
    }
    return may_have_more;
}

void RequestQueues::wait() {
    for (Queue& queue : queues_)
        if (queue.is_drained && !std::exchange(queue.is_awaited, true))
            wait(queue);
}

void RequestQueues::wait(Queue& queue) {
    queue.descriptor.async_wait(
        asio::posix::descriptor_base::wait_read,
        [this, &queue](const boost::system::error_code& error) {
            queue.is_awaited = false;
            queue.is_drained = false;
            if (!error)
                on_readable_();
        }
    );
}

}  // namespace treecast::daemon
