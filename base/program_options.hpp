// The options of the daemon and of the proxy, and the sources of their values.
//
// Both programs share the tables, because one configuration file serves both and `treecast serve`
// has the options of both. A value comes from the command line, else from a `TREECAST_*` variable
// (`--max-wait` is TREECAST_MAX_WAIT), else from `--config FILE` (lines `name = value`), else it
// is the default. A repeatable option gets its whole list from one source. The file may name
// options of either program; any other name is an error.
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

/// The command line without the program's name.
using Arguments = std::vector<std::string>;

enum class OptionKind { flag, text, list };

struct OptionSpec {
    const char* name = "";  // without dashes
    OptionKind kind = OptionKind::text;
    const char* value = "";    // the value's name in --help; empty for a flag
    const char* initial = "";  // the default, as a user would write it; empty: none
    const char* help = "";
    char letter = '\0';  // the short form, such as `-o`, where it is well known
};

std::span<const OptionSpec> daemon_options();
std::span<const OptionSpec> proxy_options();
/// The options of every program: --config, --log-level, --help, --version.
std::span<const OptionSpec> general_options();

/// The values of one run. duration(), bytes() and number() throw StartupError (usage for the
/// command line, configuration for variables and files) for a value that does not parse. It names
/// the option, the value and what is allowed.
class OptionValues {
public:
    bool has(std::string_view name) const;  // a source gave the value; it is not the default
    bool from_command_line(std::string_view name) const;
    bool flag(std::string_view name) const;
    std::string text(std::string_view name) const;
    std::vector<std::string> list(std::string_view name) const;
    std::chrono::milliseconds duration(std::string_view name) const;
    std::uint64_t bytes(std::string_view name) const;
    std::uint64_t number(std::string_view name, std::uint64_t least, std::uint64_t most) const;
    /// Arguments that are not options, in order.
    const std::vector<std::string>& positional() const noexcept { return positional_; }

    /// The error for a value that parses but is not possible: "--listen: '::' is REASON".
    [[nodiscard]] StartupError refusal(std::string_view name, std::string_view reason) const;
    /// The same for `text`, which is one of a list.
    [[nodiscard]] StartupError
    refusal(std::string_view name, std::string_view text, std::string_view reason) const;

private:
    friend class OptionParser;
    struct Value {
        std::vector<std::string> texts;
        // "--max-wait", "TREECAST_MAX_WAIT" or "FILE: max-wait"; empty: default
        std::string source;
        bool from_command_line = false;
    };
    const Value& value(std::string_view name) const;

    std::map<std::string, Value, std::less<>> values_;
    std::vector<std::string> positional_;
};

class OptionParser {
public:
    /// `positional_max`: the most arguments that are not options.
    /// `elsewhere`: options of other programs, which a configuration file may name.
    OptionParser(
        std::vector<std::span<const OptionSpec>> groups,
        std::vector<std::span<const OptionSpec>> elsewhere,
        std::size_t positional_max
    );

    /// Throws StartupError(usage) for an error on the command line, and
    /// StartupError(configuration) for one in a variable or a file. Reads `environ`.
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
