// The commands of `treecast`, one function each. The input is the arguments after the command's
// name, the result is the exit code. They throw StartupError if they cannot start, and
// std::exception if they fail later; main prints either as one line.
#pragma once

#include "base/program_options.hpp"

#include <treecast/exit_code.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treecast::client {

ExitCode run_serve(const Arguments& arguments);
ExitCode run_get(const Arguments& arguments);
ExitCode run_ls(const Arguments& arguments);
ExitCode run_watch(const Arguments& arguments);
ExitCode run_status(const Arguments& arguments);
ExitCode run_sync(const Arguments& arguments);
ExitCode run_forget(const Arguments& arguments);
ExitCode run_clean(const Arguments& arguments);

/// The texts of a command's --help and --version, and the options that it accepts.
struct CommandLine {
    const char* usage;        // "treecast get URL [-o FILE]"
    const char* description;  // lines, each with a line break
    std::vector<std::span<const OptionSpec>> options;
    std::size_t positional_max;
};

/// Prints the text of --help or --version if it was given, and returns nullopt. If not, starts
/// logging.
std::optional<OptionValues> read_command_line(const CommandLine& line, const Arguments& arguments);

}  // namespace treecast::client
