// `treecast forget`: confirms that files that are missing at a path of the tree were removed on
// purpose.
#include "base/tree_path.hpp"
#include "client/commands/commands.hpp"
#include "client/local/control_client.hpp"
#include "client/local/sync_answer.hpp"
#include "client/output/output.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace treecast::client {

namespace {

constexpr std::array forget_table{
    OptionSpec{"timeout", OptionKind::text, "TIME", "30s", "give up after this time"},
};

}  // namespace

ExitCode run_forget(const Arguments& arguments) {
    const CommandLine line{
        "treecast forget PATH [--instance NAME] [--timeout 30s]",
        "What is published below a mount point that is one no more stays, and counts as stale,\n"
        "until something is mounted there again. This says that it is meant to be gone: from then\n"
        "on what is at PATH now is served. So it is with a directory that is empty all at once.\n"
        "PATH is what the status names, such as /data, or / for the root. Prints the cursor,\n"
        "EPOCH.REVISION, once that is published.\n",
        {local_instance_options(), forget_table},
        1};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    if (options->positional().empty())
        throw StartupError(ExitCode::usage, "which path? See treecast forget --help");
    const auto& path = options->positional().front();

    const auto timeout =
        std::min<std::chrono::milliseconds>(options->duration("timeout"), std::chrono::hours(24));
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const auto instance = choose_instance(*options);
    const auto answer =
        parse_sync_answer(query_daemon(instance, "forget " + percent_encode(path) + '\n', deadline)
        );
    if (!answer.refusal.empty())
        throw StartupError(answer.code, "instance " + instance.name.text() + ": " + answer.refusal);
    write_to_stdout(answer.cursor + '\n');
    return ExitCode::ok;
}

}  // namespace treecast::client
