#include "ipc/message.hpp"

#include <algorithm>
#include <cstring>

namespace treecast::ipc {

namespace {

// "TRCB": distinguishes a notification from other messages of 32 bytes.
constexpr std::uint64_t notification_kind = 0x42435254;
constexpr std::size_t request_head_words = 2;

static_assert((request_head_words + request_files_max) * 8 <= request_bytes_max);

std::uint64_t word_at(std::span<const std::byte> message, std::size_t index) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, message.data() + index * 8, 8);
    return word;
}

}  // namespace

std::array<std::uint64_t, notification_bytes / 8> pack(const Notification& notification) noexcept {
    return {
        notification_kind,
        notification.epoch,
        notification.revision,
        notification.file.value,
    };
}

std::optional<Notification> unpack_notification(std::span<const std::byte> message) noexcept {
    if (message.size() != notification_bytes || word_at(message, 0) != notification_kind)
        return std::nullopt;
    return Notification{word_at(message, 1), word_at(message, 2), FileId{word_at(message, 3)}};
}

std::vector<std::uint64_t> pack(const Request& request) {
    const std::size_t count = std::min(request.files.size(), request_files_max);
    std::vector<std::uint64_t> words;
    words.reserve(request_head_words + count);
    words.push_back(static_cast<std::uint64_t>(request.kind) | std::uint64_t{count} << 32);
    words.push_back(request.epoch);
    for (std::size_t i = 0; i < count; ++i)
        words.push_back(request.files[i].value);
    return words;
}

std::optional<Request> unpack_request(std::span<const std::byte> message) {
    if (message.size() < request_head_words * 8 || message.size() > request_bytes_max)
        return std::nullopt;
    const std::uint64_t head = word_at(message, 0);
    const auto kind = static_cast<RequestKind>(static_cast<std::uint32_t>(head));
    if (kind != RequestKind::want && kind != RequestKind::in_use && kind != RequestKind::claimed)
        return std::nullopt;
    const std::uint64_t count = head >> 32;
    if ((count == 0) != (kind == RequestKind::claimed) || count > request_files_max ||
        message.size() != (request_head_words + count) * 8)
        return std::nullopt;

    Request request;
    request.kind = kind;
    request.epoch = word_at(message, 1);
    request.files.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        request.files.push_back(FileId{word_at(message, request_head_words + i)});
    return request;
}

}  // namespace treecast::ipc
