// `treecast sync`: waits until every earlier write is published. Prints the cursor and the files
// that were left out.
#include "base/one_line.hpp"
#include "base/tree_path.hpp"
#include "client/commands/commands.hpp"
#include "client/local/control_client.hpp"
#include "client/local/sync_answer.hpp"
#include "client/output/output.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>

#include <unistd.h>

namespace treecast::client {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t paths_max = 100;

constexpr std::array sync_table{
    OptionSpec{"timeout", OptionKind::text, "TIME", "30s", "give up after this time"},
    OptionSpec{"json", OptionKind::flag, "", "", "one JSON object on standard output"},
};

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

    // The deadline is limited to a day, because poll(2) cannot represent much longer ones.
    const auto timeout =
        std::min<std::chrono::milliseconds>(options->duration("timeout"), std::chrono::hours(24));
    const auto deadline = Clock::now() + timeout;
    const auto instance = choose_instance(*options);
    const SyncAnswer answer =
        parse_sync_answer(query_daemon(instance, question_for(*options), deadline));
    if (!answer.refusal.empty())
        throw StartupError(answer.code, "instance " + instance.name.text() + ": " + answer.refusal);
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
