#include "client/commands/commands.hpp"

#include "base/log.hpp"
#include "client/output/output.hpp"

namespace treecast::client {

std::optional<OptionValues> read_command_line(const CommandLine& line, const Arguments& arguments) {
    auto groups = line.options;
    groups.push_back(general_options());
    const OptionParser parser(groups, {daemon_options(), proxy_options()}, line.positional_max);
    auto values = parser.parse(arguments);
    if (values.flag("help")) {
        write_to_stdout(
            std::string("usage: ") + line.usage + "\n\n" + line.description + "\n" + parser.help()
        );
        return std::nullopt;
    }
    if (values.flag("version")) {
        write_to_stdout("treecast " TREECAST_VERSION "\n");
        return std::nullopt;
    }
    start_logging("treecast", values);
    return values;
}

}  // namespace treecast::client
