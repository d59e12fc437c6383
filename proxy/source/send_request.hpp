// How requests reach the daemon: through the worker's queue pair. One thread.
#pragma once

#include "ipc/message.hpp"
#include "ipc/worker_queues.hpp"

#include <functional>

namespace treecast::proxy {

/// Returns false if the queue is full: the request has to be sent again later.
using SendRequest = std::function<bool(const ipc::Request&)>;

/// Sends through `pair`, which must outlive the result.
inline SendRequest send_through(ipc::WorkerQueues& pair) {
    return [&pair](const ipc::Request& request) {
        return pair.send(request);
    };
}

}  // namespace treecast::proxy
