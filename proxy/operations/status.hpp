// The endpoints about the proxy itself: /healthz, /readyz, /v1/status. One worker's thread.
#pragma once

#include "base/instance.hpp"
#include "proxy/net/response.hpp"
#include "proxy/router.hpp"
#include "proxy/source/attachment.hpp"

#include <span>

namespace treecast::proxy {

/// The answer of one of those endpoints. `counters` are those of all workers.
Response service_response(
    Resource resource,
    const InstanceName& instance,
    Attachment& attachment,
    std::span<const Counters> counters,
    Connection connection,
    bool without_body
);

}  // namespace treecast::proxy
