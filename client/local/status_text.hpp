// The state of a local instance as `treecast status` shows it. Pure.
#pragma once

#include "ipc/catalog_record.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace treecast::client {

struct InstanceStatus {
    std::string instance;
    std::string directory;   // of its objects
    std::string unreadable;  // why the state cannot be read; empty: it was read
    bool daemon_alive = false;
    std::chrono::nanoseconds heartbeat_age{0};
    ipc::CatalogHeader header;
};

/// Lines for people.
std::string status_text(const InstanceStatus& status);
/// One line of JSON: instance, directory, and either `error` or the members of the state.
std::string status_json(const InstanceStatus& status);

}  // namespace treecast::client
