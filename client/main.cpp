// treecast: runs a command, and prints its failure.
#include "base/error.hpp"
#include "base/kernel_limits.hpp"
#include "base/one_line.hpp"
#include "base/signals.hpp"
#include "client/commands/commands.hpp"
#include "client/output/output.hpp"

#include <array>
#include <exception>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace treecast;

struct Command {
    std::string_view name;
    ExitCode (*run)(const Arguments& arguments);
    std::string_view help;
};

constexpr std::array commands{
    Command{"serve", client::run_serve, "serve DIR         serve a directory, in the foreground"},
    Command{"get", client::run_get, "get URL           one file, to standard output or -o FILE"},
    Command{
        "ls",
        client::run_ls,
        "ls URL            the files below URL, or that match it as a glob"},
    Command{"watch", client::run_watch, "watch URL...      a line, or --exec CMD, for each change"},
    Command{
        "status",
        client::run_status,
        "status            the state of this machine's instances"},
    Command{"sync", client::run_sync, "sync [PATH...]    wait until earlier writes are published"},
    Command{
        "forget",
        client::run_forget,
        "forget PATH       what is lost there, a mount say, is meant to be gone"},
    Command{"clean", client::run_clean, "clean             remove what a dead instance has left"},
};

void print_help() {
    std::string text = "usage: treecast COMMAND [options]\n\n";
    for (const auto& command : commands)
        text += "  " + std::string(command.help) + '\n';
    text +=
        "\ntreecast COMMAND --help tells more. A URL is http://HOST:PORT/PATH;\n"
        "get takes getfile://HOST[:PORT]/PATH and getfile-legacy://... too.\n"
        "Exit codes: 0 ok, 1 failed, 2 usage, 3 configuration, 4 not reachable, 5 not found.\n";
    client::write_to_stdout(text);
}

ExitCode run(const Arguments& arguments) {
    if (arguments.empty())
        throw StartupError(ExitCode::usage, "which command? See treecast --help");
    const auto& name = arguments.front();
    for (const auto& command : commands)
        if (name == command.name)
            return command.run({arguments.begin() + 1, arguments.end()});
    if (name == "--help" || name == "-h" || name == "help") {
        print_help();
        return ExitCode::ok;
    }
    if (name == "--version") {
        client::write_to_stdout("treecast " TREECAST_VERSION "\n");
        return ExitCode::ok;
    }
    throw StartupError(
        ExitCode::usage,
        "unknown command '" + one_line(name) + "'; see treecast --help"
    );
}

int report(ExitCode code, std::string_view reason) {
    const std::string line = "treecast: " + std::string(reason) + '\n';
    static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
    return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
    // A descriptor opened later must not become standard input, output or error by chance.
    for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR))
        if (fd > STDERR_FILENO) {
            ::close(fd);
            break;
        }
    set_up_signals();
    try {
        return static_cast<int>(run({argv + 1, argv + argc}));
    } catch (const StartupError& error) {
        return report(error.code(), error.what());
    } catch (const std::exception& error) {
        const StartupError refusal = refusal_of(error);
        return report(refusal.code(), refusal.what());
    }
}
