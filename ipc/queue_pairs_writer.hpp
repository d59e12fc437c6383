// The daemon's half of the queue pairs: rings every worker, receives their requests.
// One thread; every call returns at once.
#pragma once

#include "base/unique_fd.hpp"
#include "ipc/message.hpp"
#include "ipc/object_directory.hpp"

#include <optional>
#include <vector>

namespace treecast::ipc {

class QueuePairsWriter {
public:
    /// Makes `pairs` pairs (at most max_workers_max), or adopts those that are there if they are of
    /// this shape and owner (a living worker's claim is a flock on the object, so replacing it
    /// would cut it off). Pairs beyond these, left by a predecessor with more, are unlinked: nobody
    /// serves them. Throws StartupError(configuration): a name taken by another user (named),
    /// RLIMIT_MSGQUEUE or fs.mqueue.queues_max reached (with the numbers and what to raise).
    QueuePairsWriter(const ObjectDirectory& directory, unsigned pairs);

    unsigned pairs() const noexcept { return static_cast<unsigned>(pairs_.size()); }
    /// Readable when pair `pair` has requests; for an Asio stream_descriptor (dup it: the
    /// descriptor stays ours).
    int request_descriptor(unsigned pair) const;
    /// Rings all workers. A full queue is no error: its worker has a message to wake up for; one
    /// that is full and claimed by nobody is left alone until somebody is heard of.
    void ring(const Notification& notification);
    /// The next request of this pair for files; nullopt when the queue is empty. A message that no
    /// worker of ours makes is dropped, counted, and the next one is tried.
    std::optional<Request> receive(unsigned pair);
    std::uint64_t damaged_requests() const noexcept { return damaged_requests_; }
    /// How many pairs are claimed by a living worker.
    unsigned claimed() const;

private:
    struct Pair {
        UniqueFd notification_queue;
        UniqueFd request_queue;
        bool unheard = false;  // full, and claimed by nobody when that was seen
    };
    static bool is_claimed(const Pair& pair);
    void hear_of(Pair& pair);

    std::vector<Pair> pairs_;
    Notification newest_;
    std::uint64_t damaged_requests_ = 0;
};

}  // namespace treecast::ipc
