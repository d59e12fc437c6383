// Names of an instance's POSIX message queues: `PREFIX.N.notify` and `PREFIX.N.request`.
//
// PREFIX is `/treecast.UID.INSTANCE.BASE`: UID the daemon's user, that is the owner of the object
// directory, BASE the first 8 hexadecimal digits of the SHA-256 of the real path that the object
// directory is in. All queues share one name space, and instances of one name may lie in several
// directories.
#pragma once

#include "base/instance.hpp"

#include <string>

#include <sys/types.h>

namespace treecast::ipc {

std::string queue_prefix(uid_t owner, const std::string& base, const InstanceName& instance);
std::string notification_queue_name(const std::string& prefix, unsigned pair);
std::string request_queue_name(const std::string& prefix, unsigned pair);

}  // namespace treecast::ipc
