// Divides the command line of `treecast serve` between its two children.
#pragma once

#include "base/program_options.hpp"
#include "client/local/local_instance.hpp"

#include <string>
#include <vector>

namespace treecast::client {

struct ServePlan {
    std::string directory;  // as the user names it
    LocalInstance instance;
    Arguments daemon;  // options of treecast-daemon
    Arguments proxy;   // options of treecast-proxy, except its listeners
    Arguments listen;  // the listeners; if none is given, the proxy uses variables, file or default
};

/// Throws StartupError: `usage` if no directory is named or the instance's name is invalid,
/// `configuration` if the directory has no real path. The children read variables and the
/// configuration file themselves, so that they name the right source of a wrong value. Passed on in
/// any case are root (to the daemon), instance and base, and a log level of `warning` if none is
/// set.
ServePlan plan_serve(const OptionValues& options);

/// The arguments of a proxy that is started. Once listeners were printed, these are opened again,
/// even if port 0 was requested; before, `printed` is empty.
Arguments proxy_arguments(const ServePlan& plan, const std::vector<std::string>& printed);

}  // namespace treecast::client
