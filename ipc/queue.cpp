#include "ipc/queue.hpp"

#include "base/sha256.hpp"
#include "ipc/queue_names.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace treecast::ipc {

namespace {

constexpr std::size_t base_digits = 8;

}  // namespace

std::string queue_prefix(uid_t owner, const std::string& base, const InstanceName& instance) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::weakly_canonical(base, error);
    const std::string digits = to_hex(sha256_of(error ? base : real.string()));
    return "/treecast." + std::to_string(owner) + '.' + instance.text() + '.' +
           digits.substr(0, base_digits);
}

std::string notification_queue_name(const std::string& prefix, unsigned pair) {
    return prefix + '.' + std::to_string(pair) + ".notify";
}

std::string request_queue_name(const std::string& prefix, unsigned pair) {
    return prefix + '.' + std::to_string(pair) + ".request";
}

Result<UniqueFd> open_queue(const std::string& name, int access) noexcept {
    UniqueFd queue(::mq_open(name.c_str(), access | O_NONBLOCK | O_CLOEXEC));
    if (!queue)
        return last_system_error();
    return queue;
}

Result<QueueFacts> facts_of(int queue) noexcept {
    struct stat status {};
    mq_attr attributes{};
    if (::fstat(queue, &status) != 0 || ::mq_getattr(queue, &attributes) != 0)
        return last_system_error();
    return QueueFacts{
        status.st_uid,
        status.st_ino,
        attributes.mq_maxmsg,
        static_cast<std::size_t>(attributes.mq_msgsize),
    };
}

bool has_shape(const QueueFacts& facts, std::size_t message_bytes) noexcept {
    return facts.messages_max == queue_messages_max && facts.message_bytes == message_bytes;
}

bool send_words(int queue, std::span<const std::uint64_t> words) noexcept {
    const auto bytes = std::as_bytes(words);
    int result = 0;
    do
        result = ::mq_send(queue, reinterpret_cast<const char*>(bytes.data()), bytes.size(), 0);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

std::span<const std::byte> receive_bytes(int queue, std::span<std::byte> buffer) noexcept {
    ssize_t bytes = 0;
    do
        bytes = ::mq_receive(queue, reinterpret_cast<char*>(buffer.data()), buffer.size(), nullptr);
    while (bytes < 0 && errno == EINTR);
    if (bytes < 0)
        return {};
    return buffer.first(static_cast<std::size_t>(bytes));
}

}  // namespace treecast::ipc
