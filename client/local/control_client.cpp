#include "client/local/control_client.hpp"

#include "base/kernel_limits.hpp"
#include "base/unique_fd.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace treecast::client {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = std::size_t{4} << 20;

[[noreturn]] void fail(const LocalInstance& instance, ExitCode code, const std::string& reason) {
    throw StartupError(code, "instance " + instance.name.text() + ": " + reason);
}

UniqueFd connect_to_daemon(const LocalInstance& instance) {
    const auto directory = open_directory(instance);
    // The path goes through a descriptor, since a socket's address holds at most 107 bytes.
    require_proc();
    const auto path = "/proc/self/fd/" + std::to_string(directory.descriptor()) + "/control";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);

    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
        return socket;
    if (errno == ENOENT || errno == ECONNREFUSED)
        fail(instance, ExitCode::unreachable, "no daemon is running");
    fail(instance, ExitCode::configuration, "control socket: " + last_system_error().message());
}

/// The answer's lines without the last line break; "" if the daemon closed before it was complete.
std::string query(
    const LocalInstance& instance,
    const UniqueFd& socket,
    const std::string& question,
    Clock::time_point deadline
) {
    if (::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0)
        return {};
    std::string answer;
    while (answer.size() < answer_bytes_max) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            fail(instance, ExitCode::unreachable, "no answer within --timeout");
        pollfd readable{socket.get(), POLLIN, 0};
        if (::poll(&readable, 1, static_cast<int>(left.count())) <= 0)
            continue;
        std::array<char, 4096> buffer{};
        const auto bytes = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes <= 0)
            break;
        answer.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    if (!answer.ends_with('\n'))
        return {};
    answer.pop_back();
    return answer;
}

}  // namespace

std::string query_daemon(
    const LocalInstance& instance,
    const std::string& question,
    Clock::time_point deadline
) {
    const auto socket = connect_to_daemon(instance);
    auto answer = query(instance, socket, question, deadline);
    if (answer.empty())
        fail(instance, ExitCode::unreachable, "the daemon went away");
    return answer;
}

}  // namespace treecast::client
