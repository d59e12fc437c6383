// Messages of the queues, as fixed records of 64-bit words; docs/format-queues.md.
//
// A notification may be lost, late or repeated without harm: on each one, the receiver reads the
// change log from its last revision.
#pragma once

#include "ipc/catalog_record.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace treecast::ipc {

/// Daemon to worker: the log has changes up to `revision`, or a wanted content has been loaded. A
/// load is not a change, so the log does not record it. On each notification the worker also reads
/// the records of its outstanding wants.
struct Notification {
    std::uint64_t epoch = 0;
    std::uint64_t revision = 0;
    FileId file;  // of a single change; otherwise 0
};
inline constexpr std::size_t notification_bytes = 32;

enum class RequestKind : std::uint32_t {
    want = 1,     // load the contents of these files
    in_use = 2,   // subscribed to, or read since the last such request: do not evict them
    claimed = 3,  // a worker reads this pair's notifications from now on; no files
};

/// Worker to daemon. 1 to `request_files_max` files of one epoch; `claimed` has no files.
struct Request {
    std::uint64_t epoch = 0;
    RequestKind kind = RequestKind::want;
    std::vector<FileId> files;
};
inline constexpr std::size_t request_files_max = 125;
inline constexpr std::size_t request_bytes_max = 1024;
inline constexpr long queue_messages_max = 10;  // the default of fs.mqueue.msg_max

/// Packs and unpacks a message. nullopt for one that our senders never send. A request is checked
/// in this order: length, kind, count, exact length.
std::array<std::uint64_t, notification_bytes / 8> pack(const Notification& notification) noexcept;
std::optional<Notification> unpack_notification(std::span<const std::byte> message) noexcept;
/// Drops the files beyond `request_files_max`.
std::vector<std::uint64_t> pack(const Request& request);
std::optional<Request> unpack_request(std::span<const std::byte> message);

}  // namespace treecast::ipc
