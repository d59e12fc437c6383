// A worker's side of the queue pair that it claims: receives notifications, sends requests.
// One thread; no call blocks.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/message.hpp"
#include "ipc/object_directory.hpp"

#include <optional>

namespace treecast::ipc {

class WorkerQueues {
public:
    /// Claims the first pair that no living worker has claimed (flock; the kernel releases it when
    /// the worker dies), drains its notification queue and sends the daemon a `claimed` request.
    /// Errc::no_free_queue_pair, ENOENT while no daemon has made queues, Errc::foreign_owner,
    /// Errc::damaged for queues of another shape.
    [[nodiscard]] static Result<WorkerQueues> claim(const ObjectDirectory& directory);

    unsigned pair() const noexcept { return pair_; }
    /// Readable when there are notifications; for an Asio stream_descriptor (dup it).
    int notification_descriptor() const noexcept { return notification_queue_.get(); }
    /// The oldest valid message, without the invalid ones before it; nullopt if there is none.
    std::optional<Notification> receive();
    /// Empties the queue and returns the newest valid message; nullopt if there was none.
    std::optional<Notification> drain();
    /// False if the queue is full: keep the request and send it again later.
    [[nodiscard]] bool send(const Request& request);
    /// Whether the names still lead to these queues: the instance may have been removed. True while
    /// this process lacks the descriptors or memory to check.
    bool still_current(const ObjectDirectory& directory) const;

private:
    WorkerQueues(unsigned pair, UniqueFd notification_queue, UniqueFd request_queue) noexcept;
    unsigned pair_ = 0;
    UniqueFd notification_queue_;  // its flock is the claim
    UniqueFd request_queue_;
};

}  // namespace treecast::ipc
