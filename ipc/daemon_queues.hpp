// The daemon's side of all queue pairs: notifies every worker, receives their requests.
// One thread; no call blocks.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/message.hpp"
#include "ipc/object_directory.hpp"

#include <optional>
#include <vector>

namespace treecast::ipc {

class DaemonQueues {
public:
    /// Makes `pairs` pairs (at most max_workers_max). Adopts existing queues of this shape and
    /// owner: a living worker's claim is a flock on the queue, so a new queue would cut it off.
    /// Replaces our queues of another shape. Unlinks pairs beyond these that a predecessor left,
    /// since nobody serves them. Throws StartupError(configuration) if another user has a name, or
    /// if RLIMIT_MSGQUEUE or fs.mqueue.queues_max is reached.
    DaemonQueues(const ObjectDirectory& directory, unsigned pairs);

    unsigned pairs() const noexcept { return static_cast<unsigned>(pairs_.size()); }
    /// Readable when pair `pair` has requests; for an Asio stream_descriptor (dup it: this object
    /// closes the descriptor).
    int request_descriptor(unsigned pair) const;
    /// Notifies all workers. A full queue is not an error: its worker already has a message to wake
    /// up for. Skips a pair whose queue was full and unclaimed, until a request arrives on it.
    void ring(const Notification& notification);
    /// The pair's next request for files; nullopt when the queue is empty. Drops and counts
    /// messages that our workers never send.
    std::optional<Request> receive(unsigned pair);
    std::uint64_t damaged_requests() const noexcept { return damaged_requests_; }
    /// How many pairs are claimed by a living worker.
    unsigned claimed() const;

private:
    struct Pair {
        UniqueFd notification_queue;
        UniqueFd request_queue;
        bool is_unread = false;  // found full and unclaimed; no request since
    };
    static bool is_claimed(const Pair& pair);
    void send_missed(Pair& pair);

    std::vector<Pair> pairs_;
    Notification newest_;
    std::uint64_t damaged_requests_ = 0;
};

}  // namespace treecast::ipc
