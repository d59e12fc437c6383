// The proxy as a process: listeners, one thread for each worker, signals, readiness.
#pragma once

#include "base/inherited_descriptors.hpp"
#include "proxy/settings.hpp"

#include <vector>

namespace treecast::proxy {

/// Serves, on the inherited sockets if there are any, until one of stop_signals() arrives, then
/// stops and returns. A second signal ends the process at once. Throws StartupError.
void run_service(const Settings& settings, std::vector<InheritedDescriptor> inherited);

}  // namespace treecast::proxy
