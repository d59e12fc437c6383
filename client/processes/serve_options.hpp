// The command line of `treecast serve`, shared out between its two children.
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
    Arguments proxy;   // options of treecast-proxy, but for its listeners
    Arguments listen;  // the listeners; others are as variable, file or default say
};

/// Throws StartupError: usage if no directory is named, configuration if it has no real path.
/// What stands in variables and in the configuration file is left to the children, which name
/// the right source if it is wrong; only root, instance and base are always passed on.
ServePlan plan_serve(const OptionValues& options);

}  // namespace treecast::client
