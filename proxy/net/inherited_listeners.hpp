// Listeners on the sockets that our supervisor has opened for us, and the check that they are what
// can be listened on.
#pragma once

#include "base/inherited_descriptors.hpp"
#include "proxy/net/listener.hpp"

#include <vector>

namespace treecast::proxy {

/// One listener for each descriptor, non-blocking. The descriptor's name says what is spoken there
/// (protocol_of_socket). Throws StartupError(configuration) that names descriptor and name if one
/// is no listening stream socket of a family that we know, if its protocol is not supported, or if
/// its address is not permitted (require_permission).
std::vector<Listener> inherit_listeners(
    std::vector<InheritedDescriptor> descriptors,
    unsigned workers,
    bool allow_anonymous
);

}  // namespace treecast::proxy
