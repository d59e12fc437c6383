#include "watcher/lease_rights.hpp"

#include <array>

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace treecast::watcher {

namespace {

constexpr ino_t initial_user_namespace = 0xEFFFFFFD;  // PROC_USER_INIT_INO of linux/proc_ns.h

bool may_lease_all() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0)
        return false;
    if ((data[CAP_TO_INDEX(CAP_LEASE)].effective & CAP_TO_MASK(CAP_LEASE)) == 0)
        return false;
    struct stat status {};
    return ::stat("/proc/self/ns/user", &status) == 0 && status.st_ino == initial_user_namespace;
}

}  // namespace

LeaseRights LeaseRights::of_this_process() {
    return may_lease_all() ? of_all() : of_owner(::geteuid());
}

}  // namespace treecast::watcher
