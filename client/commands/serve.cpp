// `treecast serve`: serves a directory with daemon and proxy together, in the foreground.
#include "base/inherited_descriptors.hpp"
#include "client/commands/commands.hpp"
#include "client/processes/serve_options.hpp"
#include "client/processes/stop_signals.hpp"
#include "client/processes/supervisor.hpp"

#include <utility>

namespace treecast::client {

ExitCode run_serve(const Arguments& arguments) {
    const CommandLine line{
        "treecast serve DIR [--listen 127.0.0.1:8420] [options of daemon and proxy]",
        "Serves the files below DIR until it is interrupted. Prints one line,\n"
        "`serving DIR on http://ADDR:PORT/`, once they can be had, and one for each GETFILE "
        "listener.\n",
        {daemon_options(), proxy_options()},
        1};
    const auto options = read_command_line(line, arguments);
    if (!options)
        return ExitCode::ok;
    // Before any other descriptor is opened: one that is missing must not be taken for another.
    auto sockets = take_inherited_descriptors();
    StopSignals stops;
    Supervisor supervisor(plan_serve(*options), std::move(sockets), stops);
    return supervisor.run();
}

}  // namespace treecast::client
