// Names of an instance's POSIX message queues: `PREFIX.N.notify` and `PREFIX.N.request`.
//
// PREFIX is `/treecast.UID.INSTANCE.BASE`. UID is the daemon's user, who owns the object directory.
// BASE is the first 8 hexadecimal digits of the SHA-256 of the real path of the directory that
// holds the object directory: all queues share one name space, and instances in several directories
// may have the same name.
#pragma once

#include "base/instance.hpp"

#include <string>

#include <sys/types.h>

namespace treecast::ipc {

std::string queue_prefix(uid_t owner, const std::string& base, const InstanceName& instance);
std::string notification_queue_name(const std::string& prefix, unsigned pair);
std::string request_queue_name(const std::string& prefix, unsigned pair);

}  // namespace treecast::ipc
