// The descriptors that our supervisor has opened for us: sd_listen_fds(3), socket activation.
#pragma once

#include "base/unique_fd.hpp"

#include <string>
#include <vector>

namespace treecast {

struct InheritedDescriptor {
    UniqueFd fd;
    std::string name;  // of LISTEN_FDNAMES; "unknown" if that is not set
};

/// The descriptors of LISTEN_FDS, in order, if LISTEN_PID is this process; else none. They are
/// closed on exec from now on. Removes the variables, so the next call returns none, and children
/// do not find them. To be called before any thread starts. Throws StartupError(configuration) if
/// the variables or the descriptors are not what they should be.
std::vector<InheritedDescriptor> take_inherited_descriptors();

}  // namespace treecast
