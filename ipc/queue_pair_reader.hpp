// A worker's half of one queue pair: waits for the bell, sends requests.
// One thread; every call returns at once.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/message.hpp"
#include "ipc/object_directory.hpp"

#include <optional>

namespace treecast::ipc {

class QueuePairReader {
public:
    /// Claims the first pair that no living worker has (flock; the kernel frees it at death) and
    /// drains its notification queue; the daemon is told. Errc::no_free_queue_pair; ENOENT while no
    /// daemon has made queues; Errc::foreign_owner; Errc::damaged for queues of another shape.
    [[nodiscard]] static Result<QueuePairReader> claim(const ObjectDirectory& directory);

    unsigned pair() const noexcept { return pair_; }
    /// Readable when the bell rang; for an Asio stream_descriptor (dup it).
    int notification_descriptor() const noexcept { return notification_queue_.get(); }
    /// The oldest message whose bytes make sense; nullopt if there is none.
    std::optional<Notification> receive();
    /// Empties the queue; the newest message whose bytes made sense, nullopt if there was none.
    std::optional<Notification> drain();
    /// False if the queue is full: keep the request and send it again later.
    [[nodiscard]] bool send(const Request& request);
    /// Whether the queues are still those of this name (a daemon may have been cleaned away).
    bool still_current(const ObjectDirectory& directory) const;

private:
    QueuePairReader(unsigned pair, UniqueFd notification_queue, UniqueFd request_queue) noexcept;
    unsigned pair_ = 0;
    UniqueFd notification_queue_;  // its flock is the claim
    UniqueFd request_queue_;
};

}  // namespace treecast::ipc
