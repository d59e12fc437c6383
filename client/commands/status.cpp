// `treecast status`: prints the state of this machine's instances from their shared memory.
#include "base/log.hpp"
#include "client/commands/commands.hpp"
#include "client/local/local_instance.hpp"
#include "client/local/status_text.hpp"
#include "client/output/output.hpp"
#include "ipc/catalog_reader.hpp"

#include <array>

namespace treecast::client {

namespace {

constexpr std::array status_table{
    OptionSpec{"json", OptionKind::flag, "", "", "print one JSON object a line for each instance"},
};

InstanceStatus
read_status(const LocalInstance& instance, const Result<ipc::ObjectDirectory>& directory) {
    InstanceStatus status;
    status.instance = instance.name.text();
    status.directory = instance.base + '/' + instance.name.text();
    if (!directory) {
        status.unreadable = directory.error().message();
        return status;
    }
    const auto catalog = ipc::CatalogReader::attach(*directory);
    if (!catalog) {
        status.unreadable = catalog.error().message();
        return status;
    }
    status.header = catalog->header();
    status.daemon_alive = catalog->daemon_alive();
    status.heartbeat_age = catalog->heartbeat_age();
    return status;
}

}  // namespace

ExitCode run_status(const Arguments& arguments) {
    const CommandLine line{
        "treecast status [--instance NAME] [--json]",
        "Shows the state of one instance of this machine, or of all.\n",
        {local_instance_options(), status_table},
        0};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;

    const auto print = options->flag("json") ? status_json : status_text;
    if (options->has("instance")) {
        const auto instance = choose_instance(*options);
        write_to_stdout(print(read_status(instance, open_directory(instance))));
        return ExitCode::ok;
    }
    const auto instances = find_instances(*options);
    for (const auto& instance : instances) {
        const auto directory = ipc::ObjectDirectory::open(instance.base, instance.name);
        // It was removed since it was listed.
        if (!directory && directory.error() == boost::system::errc::no_such_file_or_directory)
            continue;
        write_to_stdout(print(read_status(instance, directory)));
    }
    if (instances.empty())
        log::info("there is no instance here");
    return ExitCode::ok;
}

}  // namespace treecast::client
