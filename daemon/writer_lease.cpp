#include "daemon/writer_lease.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>

namespace treecast::daemon {

Writer check_for_writer(int file) {
    if (::fcntl(file, F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(file, F_SETLEASE, F_UNLCK);
        return Writer::none;
    }
    return errno == EAGAIN ? Writer::inside : Writer::unknown;
}

Result<UniqueFd> reopen_for_reading(int handle) {
    const std::string name = "/proc/self/fd/" + std::to_string(handle);
    UniqueFd file(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!file)
        return last_system_error();
    return file;
}

bool surely_no_writer(int handle) {
    const auto file = reopen_for_reading(handle);
    return file && check_for_writer(file->get()) == Writer::none;
}

}  // namespace treecast::daemon
