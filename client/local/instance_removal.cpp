#include "client/local/instance_removal.hpp"

namespace treecast::client {

Removal remove_if_dead(const std::string& base, const ipc::ObjectDirectory& directory) {
    const auto lock = ipc::lock_instance(directory);
    if (!lock && lock.error() == Errc::already_running)
        return Removal::alive;
    if (!lock)
        throw StartupError(
            ExitCode::configuration,
            directory.path() + ": " + lock.error().message()
        );
    if (const auto error = ipc::remove_instance(base, directory))
        throw StartupError(ExitCode::failed, directory.path() + ": " + error.message());
    return Removal::removed;
}

}  // namespace treecast::client
