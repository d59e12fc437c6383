// The endpoints about the proxy itself: /healthz, /readyz, /v1/status. One worker's thread.
#pragma once

#include "proxy/attachment.hpp"
#include "proxy/response.hpp"

#include <treecast/instance.hpp>

#include <span>
#include <string_view>

namespace treecast::proxy {

bool is_service_path(std::string_view path) noexcept;

/// The answer for one of those paths. `counters` are those of all workers.
Response service_response(
    std::string_view path,
    const InstanceName& instance,
    Attachment& attachment,
    std::span<const Counters> counters,
    Connection connection,
    bool without_body
);

}  // namespace treecast::proxy
