// Sends a request to the daemon of a local instance, over its `control` socket
// (daemon/control_socket.hpp).
#pragma once

#include "client/local/local_instance.hpp"

#include <chrono>
#include <string>

namespace treecast::client {

/// `question` ends with a line break. Returns the answer's lines, without the last line break.
/// Throws StartupError(unreachable) naming the instance if there is no daemon, it went away or the
/// deadline passed.
std::string query_daemon(
    const LocalInstance& instance,
    const std::string& question,
    std::chrono::steady_clock::time_point deadline
);

}  // namespace treecast::client
