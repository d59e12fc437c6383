// The options of the daemon and of the proxy, and where their values come from.
//
// The tables are shared because one configuration file serves both programs, and because
// `treecast serve` takes the options of both. A value comes from the command line, else from a
// `TREECAST_*` variable (`--max-wait` is TREECAST_MAX_WAIT), else from `--config FILE` (lines
// `name = value`), else it is the default. Repeatable options take a list from one source.
// A name in the file that neither program has is an error; one that only the other has is not.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace treecast {

/// What follows the program's name on its command line.
using Arguments = std::vector<std::string>;

enum class OptionKind { flag, text, list };

struct OptionSpec {
    const char* name = "";  // without dashes
    OptionKind kind = OptionKind::text;
    const char* value = "";    // what --help calls the value; empty for a flag
    const char* initial = "";  // the default as one would write it; empty: none
    const char* help = "";
    char letter = '\0';  // the short form, `-o`, for an option that everybody knows by it
};

std::span<const OptionSpec> daemon_options();
std::span<const OptionSpec> proxy_options();
/// What every program takes besides: --config, --log-level, --help, --version.
std::span<const OptionSpec> general_options();

/// The values of one run. Every accessor throws StartupError (usage for the command line,
/// configuration for variables and files) that names the option, the value and what is allowed.
class OptionValues {
public:
    bool has(std::string_view name) const;  // given by somebody, not a default
    bool from_command_line(std::string_view name) const;
    bool flag(std::string_view name) const;
    std::string text(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    std::chrono::milliseconds duration(std::string_view name) const;
    std::uint64_t bytes(std::string_view name) const;
    std::uint64_t number(std::string_view name, std::uint64_t least, std::uint64_t most) const;
    /// Arguments that are no options, in order.
    const std::vector<std::string>& positional() const noexcept { return positional_; }

    /// The error for a value that parses but cannot be: "--listen '::': REASON".
    [[nodiscard]] StartupError refusal(std::string_view name, std::string_view reason) const;

private:
    friend class OptionParser;
    struct Value {
        std::vector<std::string> texts;
        // "--max-wait", "TREECAST_MAX_WAIT" or "FILE: max-wait"; empty: default
        std::string source;
        bool from_command_line = false;
    };
    const Value& value(std::string_view name) const;
    StartupError refusal_of(const Value& value, std::string_view reason) const;

    std::map<std::string, Value, std::less<>> values_;
    std::vector<std::string> positional_;
};

class OptionParser {
public:
    /// `positional_max`: how many arguments without a dash are taken.
    /// `elsewhere`: options of other programs, which a configuration file may hold.
    OptionParser(
        std::vector<std::span<const OptionSpec>> groups,
        std::vector<std::span<const OptionSpec>> elsewhere,
        std::size_t positional_max
    );

    /// Throws StartupError(usage) for what is not understood, StartupError(configuration) for a
    /// variable or a file. Reads `environ`.
    OptionValues parse(const std::vector<std::string>& arguments) const;

    /// The lines of --help that list the options, with their defaults.
    std::string help() const;

private:
    void read_command_line(const std::vector<std::string>& arguments, OptionValues& values) const;
    void read_variables(OptionValues& values) const;
    void read_file(const std::string& file_name, const std::string& asked_by, OptionValues& values)
        const;
    static void set_written(
        const OptionSpec& spec,
        std::vector<std::string> texts,
        const std::string& source,
        OptionValues& values
    );

    std::vector<std::span<const OptionSpec>> groups_;
    std::vector<std::span<const OptionSpec>> elsewhere_;
    std::size_t positional_max_;
};

}  // namespace treecast
