// `treecast sync`: waits until every write made before it is published; prints the cursor.
#include "client/commands.hpp"
#include "client/local_instance.hpp"
#include "client/output.hpp"

#include <treecast/kernel_limits.hpp>
#include <treecast/one_line.hpp>
#include <treecast/unique_fd.hpp>
#include <treecast/version.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace treecast::client {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = 4096;

constexpr std::array sync_table{
    OptionSpec{"timeout", OptionKind::text, "TIME", "30s", "give up after this time"},
};

[[noreturn]] void fail(const LocalInstance& instance, ExitCode code, const std::string& reason) {
    throw StartupError(code, "instance " + instance.name.text() + ": " + reason);
}

UniqueFd connect_to_daemon(const LocalInstance& instance) {
    const auto directory = open_directory(instance);
    // By descriptor: a socket's address holds no more than 107 bytes.
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

/// The answer's line without its line break; "" if the daemon closed before it was complete.
std::string ask(const LocalInstance& instance, const UniqueFd& socket, Clock::time_point deadline) {
    constexpr std::string_view question = "sync\n";
    if (::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0)
        return {};
    std::string answer;
    while (answer.find('\n') == answer.npos && answer.size() < answer_bytes_max) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            fail(instance, ExitCode::unreachable, "no answer within --timeout");
        pollfd readable{socket.get(), POLLIN, 0};
        if (::poll(&readable, 1, static_cast<int>(left.count())) <= 0)
            continue;
        std::array<char, 512> buffer{};
        const auto bytes = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (bytes < 0 && errno == EINTR)
            continue;
        if (bytes <= 0)
            return {};
        answer.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    return answer.substr(0, answer.find('\n'));
}

}  // namespace

ExitCode run_sync(const Arguments& arguments) {
    const CommandLine line{
        "treecast sync [--instance NAME] [--timeout 30s]",
        "Returns once every write that was made on this machine before is published, and prints\n"
        "the cursor, EPOCH.REVISION, that covers them.\n",
        {local_instance_options(), sync_table},
        0};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;

    // A deadline beyond a day would overflow what poll(2) takes, and nobody waits so long.
    const auto timeout =
        std::min<std::chrono::milliseconds>(options->duration("timeout"), std::chrono::hours(24));
    const auto deadline = Clock::now() + timeout;
    const auto instance = choose_instance(*options);
    const auto socket = connect_to_daemon(instance);
    const auto answer = ask(instance, socket, deadline);
    if (answer.starts_with("error "))
        fail(instance, ExitCode::failed, one_line(answer.substr(6)));
    if (answer.empty())
        fail(instance, ExitCode::unreachable, "the daemon went away");
    if (!parse_version(answer))
        fail(instance, ExitCode::failed, "the daemon answered '" + one_line(answer) + "'");
    write_to_stdout(answer + '\n');
    return ExitCode::ok;
}

}  // namespace treecast::client
