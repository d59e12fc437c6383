// Names of an instance's POSIX message queues: `/treecast.UID.INSTANCE.N.notify` and `.request`.
// UID is the daemon's user, that is the owner of the object directory.
#pragma once

#include <treecast/instance.hpp>

#include <string>

#include <sys/types.h>

namespace treecast::ipc {

std::string notification_queue_name(uid_t owner, const InstanceName& instance, unsigned pair);
std::string request_queue_name(uid_t owner, const InstanceName& instance, unsigned pair);

}  // namespace treecast::ipc
