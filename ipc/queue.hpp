// One POSIX message queue, for both sides: opens it as non-blocking, identifies it by its inode.
#pragma once

#include "base/error.hpp"
#include "base/unique_fd.hpp"
#include "ipc/message.hpp"
#include "ipc/object_directory.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <mqueue.h>
#include <sys/types.h>

namespace treecast::ipc {

static_assert(sizeof(mqd_t) == sizeof(int), "a queue descriptor is a file descriptor on Linux");

/// `access` is O_RDONLY or O_WRONLY or O_RDWR.
[[nodiscard]] Result<UniqueFd> open_queue(const std::string& name, int access) noexcept;

struct QueueFacts {
    uid_t owner = 0;
    ino_t inode = 0;
    long messages_max = 0;
    std::size_t message_bytes = 0;
};
[[nodiscard]] Result<QueueFacts> facts_of(int queue) noexcept;

/// Whether the queue has our message count and this message size.
bool has_shape(const QueueFacts& facts, std::size_t message_bytes) noexcept;

/// False if the message was not sent: the queue is full, or has another message size.
bool send_words(int queue, std::span<const std::uint64_t> words) noexcept;
/// Reads the oldest message into `buffer` and returns its bytes; null data() if there is none.
std::span<const std::byte> receive_bytes(int queue, std::span<std::byte> buffer) noexcept;

}  // namespace treecast::ipc
