#include "base/inherited_descriptors.hpp"

#include "base/error.hpp"

#include <cstdlib>
#include <memory>
#include <systemd/sd-daemon.h>

namespace treecast {

std::vector<InheritedDescriptor> take_inherited_descriptors() {
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(1, &names);
    if (count < 0)
        throw StartupError(
            ExitCode::configuration,
            "cannot take the sockets of LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID: " +
                system_error(-count).message()
        );
    std::vector<InheritedDescriptor> descriptors;
    descriptors.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        descriptors.push_back({UniqueFd(SD_LISTEN_FDS_START + i), names[i]});
        std::free(names[i]);  // NOLINT: sd_listen_fds(3) leaves that to us
    }
    std::free(names);  // NOLINT
    return descriptors;
}

}  // namespace treecast
