// Finds the instances of this machine, and chooses the one that a command applies to.
#pragma once

#include "base/instance.hpp"
#include "base/program_options.hpp"
#include "ipc/object_directory.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace treecast::client {

/// --instance and --shm-dir, as `status`, `sync` and `clean` take them.
std::span<const OptionSpec> local_instance_options();

struct LocalInstance {
    std::string base;  // where its directory is
    InstanceName name;
};

/// The instances in --shm-dir if it is given; else those in the caller's own base, then those of
/// services.
std::vector<LocalInstance> find_instances(const OptionValues& options);

/// The instance that --instance names, or the only one. Throws StartupError: `usage` for a bad
/// name, or if there are several and none is named (the text lists them); `unreachable` if there is
/// none.
LocalInstance choose_instance(const OptionValues& options);

/// The instance's directory; nullopt if there is none. Throws StartupError(configuration) if it
/// must not be used.
std::optional<ipc::ObjectDirectory> find_directory(const LocalInstance& instance);

/// The same, but throws StartupError(unreachable) if there is none.
ipc::ObjectDirectory open_directory(const LocalInstance& instance);

}  // namespace treecast::client
