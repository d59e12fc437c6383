// `treecast sync`: waits until every write made before it is published; prints the cursor, and what
// was left out.
#include "client/commands.hpp"
#include "client/local_instance.hpp"
#include "client/output.hpp"
#include "client/sync_answer.hpp"

#include <treecast/kernel_limits.hpp>
#include <treecast/one_line.hpp>
#include <treecast/tree_path.hpp>
#include <treecast/unique_fd.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fmt/format.h>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace treecast::client {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t answer_bytes_max = std::size_t{4} << 20;
constexpr std::size_t paths_max = 100;

constexpr std::array sync_table{
    OptionSpec{"timeout", OptionKind::text, "TIME", "30s", "give up after this time"},
    OptionSpec{"json", OptionKind::flag, "", "", "one JSON object on standard output"},
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

/// The answer's lines without the last line break; "" if the daemon closed before it was complete.
std::string ask(
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

std::string question_for(const OptionValues& options) {
    std::string question = "sync";
    for (const std::string& path : options.positional())
        question += ' ' + percent_encode(path.empty() ? "." : path);
    return question + '\n';
}

void print_left_out(const SyncAnswer& answer) {
    std::string text;
    for (const LeftOutPath& each : answer.left)
        text += fmt::format("treecast: {}: left out: {}\n", one_line(each.path), each.detail);
    if (answer.more != 0)
        text += fmt::format("treecast: and {} more\n", answer.more);
    write_all(STDERR_FILENO, text, "writing to standard error");
}

}  // namespace

ExitCode run_sync(const Arguments& arguments) {
    const CommandLine line{
        "treecast sync [PATH...] [--instance NAME] [--timeout 30s] [--json]",
        "Returns once every write that was made on this machine before is published, and prints\n"
        "the cursor, EPOCH.REVISION, that covers them. With PATHs (relative to the root of the\n"
        "tree, or absolute below it): those at and below them.\n"
        "What cannot be published now is not waited for: it is named on standard error, with the\n"
        "reason, and the exit code is 1.\n",
        {local_instance_options(), sync_table},
        paths_max};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;

    // A deadline beyond a day would overflow what poll(2) takes, and nobody waits so long.
    const auto timeout =
        std::min<std::chrono::milliseconds>(options->duration("timeout"), std::chrono::hours(24));
    const auto deadline = Clock::now() + timeout;
    const auto instance = choose_instance(*options);
    const auto socket = connect_to_daemon(instance);
    const auto text = ask(instance, socket, question_for(*options), deadline);
    if (text.empty())
        fail(instance, ExitCode::unreachable, "the daemon went away");
    const SyncAnswer answer = parse_sync_answer(text);
    if (!answer.refusal.empty())
        fail(instance, answer.code, answer.refusal);
    if (options->flag("json"))
        write_to_stdout(sync_json(answer));
    else
        write_to_stdout(answer.cursor + '\n');
    if (answer.left.empty())
        return ExitCode::ok;
    if (!options->flag("json"))
        print_left_out(answer);
    return ExitCode::failed;
}

}  // namespace treecast::client
