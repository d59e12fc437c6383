// The proxy as a process: listeners, one thread for each worker, signals, readiness.
#pragma once

#include "proxy/settings.hpp"

namespace treecast::proxy {

/// Serves until one of stop_signals() arrives, then stops and returns. A second signal ends the
/// process at once. Throws StartupError.
void run_service(const Settings& settings);

}  // namespace treecast::proxy
