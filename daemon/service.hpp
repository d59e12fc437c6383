// The daemon as a process: locks the instance, connects the stages, and runs until a signal.
#pragma once

#include "base/error.hpp"
#include "base/instance.hpp"
#include "daemon/auditor.hpp"
#include "daemon/serve_policy.hpp"
#include "watcher/watcher.hpp"

#include <cstdint>
#include <string>

namespace treecast::daemon {

struct ServiceOptions {
    std::string root;
    InstanceName instance;
    std::string object_base;
    std::uint64_t memory_limit_bytes = 0;
    unsigned max_workers = 0;
    ServePolicy policy;
    AuditPolicy audit;
    watcher::WatcherOptions watching;
};

/// Returns after a signal of stop_signals(), and leaves the objects to a successor. Throws
/// StartupError. If a load is still running by then, or the audit's thread does not end, it ends
/// the process by _exit(0) instead.
void run_service(const ServiceOptions& options);

}  // namespace treecast::daemon
