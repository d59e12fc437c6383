// `treecast clean`: removes the shared memory and queues of a dead instance.
#include "base/log.hpp"
#include "client/commands/commands.hpp"
#include "client/local/instance_removal.hpp"
#include "client/local/local_instance.hpp"
#include "ipc/catalog_reader.hpp"

namespace treecast::client {

namespace {

/// Describes the daemon that runs, for the message that refuses.
std::string daemon_of(const ipc::ObjectDirectory& directory) {
    const auto catalog = ipc::CatalogReader::attach(directory);
    if (!catalog || !catalog->daemon_alive())
        return "a daemon that is just starting";
    return "a daemon (process " + std::to_string(catalog->header().daemon_pid) + ")";
}

}  // namespace

ExitCode run_clean(const Arguments& arguments) {
    const CommandLine line{
        "treecast clean [--instance NAME]",
        "Removes the shared memory and the queues of an instance whose daemon is gone; none of\n"
        "the tree's files. Does nothing if there is no such instance.\n",
        {local_instance_options()},
        0};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    if (!options->has("instance") && find_instances(*options).empty()) {
        log::info("there is no instance here");
        return ExitCode::ok;
    }

    const auto instance = choose_instance(*options);
    const auto directory = find_directory(instance);
    if (!directory) {
        log::info("there is no instance {} in {}", instance.name.text(), instance.base);
        return ExitCode::ok;
    }
    if (remove_if_dead(instance.base, *directory) == Removal::alive)
        throw StartupError(
            ExitCode::configuration,
            "instance " + instance.name.text() + " is served by " + daemon_of(*directory) +
                "; stop it first"
        );
    return ExitCode::ok;
}

}  // namespace treecast::client
