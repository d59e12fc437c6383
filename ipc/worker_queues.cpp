#include "ipc/worker_queues.hpp"

#include "ipc/queue.hpp"
#include "ipc/queue_names.hpp"

#include <treecast/limits.hpp>

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace treecast::ipc {

namespace {

bool is_shortage(const ErrorCode& error) noexcept {
    for (const int number : {EMFILE, ENFILE, ENOMEM})
        if (error == system_error(number))
            return true;
    return false;
}

Result<UniqueFd>
open_checked(const std::string& name, int access, uid_t owner, std::size_t message_bytes) {
    auto queue = open_queue(name, access);
    if (!queue)
        return queue;
    const auto facts = facts_of(queue->get());
    if (!facts)
        return facts.error();
    if (facts->owner != owner)
        return Errc::foreign_owner;
    if (!has_shape(*facts, message_bytes))
        return Errc::damaged;
    return queue;
}

bool is_still_named(int queue, const std::string& name, int access) noexcept {
    const auto named = open_queue(name, access);
    // Without descriptors or memory this process cannot check, nor claim another pair. So assume no
    // change.
    if (!named)
        return is_shortage(named.error());
    const auto named_facts = facts_of(named->get());
    const auto facts = facts_of(queue);
    return named_facts && facts && named_facts->inode == facts->inode;
}

}  // namespace

WorkerQueues::WorkerQueues(
    unsigned pair,
    UniqueFd notification_queue,
    UniqueFd request_queue
) noexcept
    : pair_(pair),
      notification_queue_(std::move(notification_queue)),
      request_queue_(std::move(request_queue)) {}

Result<WorkerQueues> WorkerQueues::claim(const ObjectDirectory& directory) {
    const ErrorCode no_such_queue = system_error(ENOENT);
    bool any = false;
    // Twice, because the daemon locks a free pair for a moment when it counts the claimed ones.
    for (unsigned attempt = 0; attempt < 2; ++attempt) {
        for (unsigned pair = 0; pair < max_workers_max; ++pair) {
            auto notification_queue = open_checked(
                notification_queue_name(directory.queue_prefix(), pair),
                O_RDONLY,
                directory.owner(),
                notification_bytes
            );
            if (!notification_queue && notification_queue.error() == no_such_queue)
                break;
            if (!notification_queue)
                return notification_queue.error();
            any = true;
            if (::flock(notification_queue->get(), LOCK_EX | LOCK_NB) != 0)
                continue;
            auto request_queue = open_checked(
                request_queue_name(directory.queue_prefix(), pair),
                O_WRONLY,
                directory.owner(),
                request_bytes_max
            );
            if (!request_queue)
                return request_queue.error();
            WorkerQueues claimed(pair, std::move(*notification_queue), std::move(*request_queue));
            claimed.drain();
            // If the queue is full, the predecessor's requests in it have the same effect, since
            // the daemon receives them after this claim.
            (void)claimed.send({.epoch = 0, .kind = RequestKind::claimed, .files = {}});
            return claimed;
        }
    }
    return any ? make_error_code(Errc::no_free_queue_pair) : no_such_queue;
}

std::optional<Notification> WorkerQueues::receive() {
    std::array<std::byte, notification_bytes> buffer{};
    for (;;) {
        const auto bytes = receive_bytes(notification_queue_.get(), buffer);
        if (!bytes.data())
            return std::nullopt;
        if (const auto notification = unpack_notification(bytes))
            return notification;
    }
}

std::optional<Notification> WorkerQueues::drain() {
    std::optional<Notification> newest;
    while (const auto notification = receive())
        newest = notification;
    return newest;
}

bool WorkerQueues::send(const Request& request) {
    return send_words(request_queue_.get(), pack(request));
}

bool WorkerQueues::still_current(const ObjectDirectory& directory) const {
    const std::string& prefix = directory.queue_prefix();
    return is_still_named(
               notification_queue_.get(),
               notification_queue_name(prefix, pair_),
               O_RDONLY
           ) &&
           is_still_named(request_queue_.get(), request_queue_name(prefix, pair_), O_WRONLY);
}

}  // namespace treecast::ipc
