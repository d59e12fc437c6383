// Messages of the queues, as fixed records of 64-bit words; docs/format-queues.md.
//
// The notification queue is a bell: its messages may be lost, late or repeated without harm,
// because the receiver reads the change log from its last revision each time it rings.
#pragma once

#include "ipc/catalog_record.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace treecast::ipc {

/// Daemon to worker: the log has news up to `revision`, or a wanted content is there. Loading is no
/// change, so it is not in the log: a worker that is rung reads the records of its outstanding
/// wants.
struct Notification {
    std::uint64_t epoch = 0;
    std::uint64_t revision = 0;
    FileId file;  // of a lone change; otherwise 0
};
inline constexpr std::size_t notification_bytes = 32;

enum class RequestKind : std::uint32_t {
    want = 1,     // load the contents of these files
    in_use = 2,   // subscribed to, or read since the last such request: eviction spares them
    claimed = 3,  // somebody hears this pair's bell from now on; no files
};

/// Worker to daemon. 1 to `request_files_max` files of one epoch; of `claimed`, none of any.
struct Request {
    std::uint64_t epoch = 0;
    RequestKind kind = RequestKind::want;
    std::vector<FileId> files;
};
inline constexpr std::size_t request_files_max = 125;
inline constexpr std::size_t request_bytes_max = 1024;
inline constexpr long queue_messages_max = 10;  // fs.mqueue.msg_max where nobody raised it

/// The words of a message, and back: nullopt for what no sender of ours makes. Checked in this
/// order: length, kind, count, exact length.
std::array<std::uint64_t, notification_bytes / 8> pack(const Notification& notification) noexcept;
std::optional<Notification> unpack_notification(std::span<const std::byte> message) noexcept;
/// More than `request_files_max` files are cut.
std::vector<std::uint64_t> pack(const Request& request);
std::optional<Request> unpack_request(std::span<const std::byte> message);

}  // namespace treecast::ipc
