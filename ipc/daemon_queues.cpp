#include "ipc/daemon_queues.hpp"

#include "base/kernel_limits.hpp"
#include "ipc/queue.hpp"
#include "ipc/queue_names.hpp"

#include <treecast/limits.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace treecast::ipc {

namespace {

StartupError queue_refusal(const std::string& name, const std::string& reason) {
    return {ExitCode::configuration, "message queue " + name + ": " + reason};
}

StartupError creation_failed(const std::string& name, int error, unsigned pairs) {
    if (error == EMFILE && descriptors_are_used_up())
        return queue_refusal(name, descriptor_limit_text());
    if (error == EMFILE) {
        rlimit limit{};
        ::getrlimit(RLIMIT_MSGQUEUE, &limit);
        return queue_refusal(
            name,
            "the user's queues may hold " + std::to_string(limit.rlim_cur) +
                " bytes in all, which is too little for " + std::to_string(pairs) +
                " pairs: raise RLIMIT_MSGQUEUE (LimitMSGQUEUE=) or lower --max-workers"
        );
    }
    if (error == ENOSPC)
        return queue_refusal(
            name,
            "there are as many queues as fs.mqueue.queues_max allows; " +
                std::to_string(2 * pairs) + " are needed: raise it (sysctl) or lower --max-workers"
        );
    if (error == EINVAL)
        return queue_refusal(
            name,
            "needs " + std::to_string(queue_messages_max) + " messages of " +
                std::to_string(request_bytes_max) +
                " bytes: raise fs.mqueue.msg_max or fs.mqueue.msgsize_max (sysctl)"
        );
    return queue_refusal(name, reason_of(system_error(error)));
}

UniqueFd create(const std::string& name, std::size_t message_bytes) {
    mq_attr attributes{};
    attributes.mq_maxmsg = queue_messages_max;
    attributes.mq_msgsize = static_cast<long>(message_bytes);
    return UniqueFd(::mq_open(
        name.c_str(),
        O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
        mode_t{0600},
        &attributes
    ));
}

/// The owner of the queue of this name, if this process may find out.
std::string holder_of(const std::string& name) {
    for (const int access : {O_RDONLY, O_WRONLY}) {
        const auto queue = open_queue(name, access);
        if (!queue)
            continue;
        if (const auto facts = facts_of(queue->get()))
            return "user " + std::to_string(facts->owner);
    }
    struct stat status {};
    if (::stat(("/dev/mqueue" + name).c_str(), &status) == 0)
        return "user " + std::to_string(status.st_uid);
    return "another user (mount -t mqueue none /dev/mqueue; ls -l shows whom)";
}

/// Returns the existing queue if it is ours and of this shape. If it is ours and of another shape,
/// unlinks the name and returns nothing. Throws if it is another user's.
UniqueFd adopt(const std::string& name, uid_t owner, std::size_t message_bytes) {
    auto queue = open_queue(name, O_RDWR);
    if (queue) {
        const auto facts = facts_of(queue->get());
        if (facts && facts->owner != owner)
            throw queue_refusal(name, "belongs to " + holder_of(name));
        if (facts && has_shape(*facts, message_bytes))
            return std::move(*queue);
    }
    if (::mq_unlink(name.c_str()) != 0 && errno != ENOENT)
        throw queue_refusal(name, "belongs to " + holder_of(name));
    return {};
}

UniqueFd make_or_adopt(
    const ObjectDirectory& directory,
    const std::string& name,
    std::size_t message_bytes,
    mode_t group_bits,
    unsigned pairs
) {
    UniqueFd queue = create(name, message_bytes);
    if (!queue && errno == EEXIST) {
        queue = adopt(name, directory.owner(), message_bytes);
        if (!queue)
            queue = create(name, message_bytes);
    }
    if (!queue)
        throw creation_failed(name, errno, pairs);

    const bool shared = (directory.object_mode() & S_IRGRP) != 0;
    if (shared && ::fchown(queue.get(), static_cast<uid_t>(-1), directory.group()) != 0)
        throw queue_refusal(
            name,
            "cannot be given to group " + std::to_string(directory.group()) + ": " +
                last_system_error().message() + "; the daemon's user must be a member"
        );
    if (::fchmod(queue.get(), 0600 | (shared ? group_bits : 0)) != 0)
        throw queue_refusal(name, last_system_error().message());
    return queue;
}

}  // namespace

DaemonQueues::DaemonQueues(const ObjectDirectory& directory, unsigned pairs) {
    const std::string& prefix = directory.queue_prefix();
    pairs = std::min(pairs, max_workers_max);
    for (unsigned pair = 0; pair < pairs; ++pair) {
        // The request queue first: a worker that finds the notification queue needs both.
        Pair queues;
        queues.request_queue = make_or_adopt(
            directory,
            request_queue_name(prefix, pair),
            request_bytes_max,
            S_IWGRP,
            pairs
        );
        queues.notification_queue = make_or_adopt(
            directory,
            notification_queue_name(prefix, pair),
            notification_bytes,
            S_IRGRP,
            pairs
        );
        pairs_.push_back(std::move(queues));
    }
    for (unsigned pair = pairs; pair < max_workers_max; ++pair) {
        ::mq_unlink(notification_queue_name(prefix, pair).c_str());
        ::mq_unlink(request_queue_name(prefix, pair).c_str());
    }
}

int DaemonQueues::request_descriptor(unsigned pair) const {
    return pairs_.at(pair).request_queue.get();
}

void DaemonQueues::ring(const Notification& notification) {
    newest_ = notification;
    const auto words = pack(notification);
    for (Pair& pair : pairs_)
        if (!pair.is_unread && !send_words(pair.notification_queue.get(), words))
            pair.is_unread = !is_claimed(pair);
}

/// Resends the newest notification: a worker that claimed the pair since has read what was
/// published before its claim, but got no notification of later publications.
void DaemonQueues::send_missed(Pair& pair) {
    if (std::exchange(pair.is_unread, false))
        static_cast<void>(send_words(pair.notification_queue.get(), pack(newest_)));
}

std::optional<Request> DaemonQueues::receive(unsigned pair) {
    const int queue = request_descriptor(pair);
    std::array<std::byte, request_bytes_max> buffer{};
    for (;;) {
        const auto bytes = receive_bytes(queue, buffer);
        if (!bytes.data())
            return std::nullopt;
        auto request = unpack_request(bytes);
        if (!request) {
            ++damaged_requests_;
            continue;
        }
        send_missed(pairs_[pair]);
        if (request->kind != RequestKind::claimed)
            return request;
    }
}

bool DaemonQueues::is_claimed(const Pair& pair) {
    const int queue = pair.notification_queue.get();
    if (::flock(queue, LOCK_SH | LOCK_NB) != 0)
        return true;
    ::flock(queue, LOCK_UN);
    return false;
}

unsigned DaemonQueues::claimed() const {
    return static_cast<unsigned>(std::ranges::count_if(pairs_, is_claimed));
}

}  // namespace treecast::ipc
