// The JSON of /readyz and /v1/status. One worker's thread.
#pragma once

#include "base/instance.hpp"
#include "proxy/counters.hpp"
#include "proxy/source/attachment.hpp"
#include "proxy/source/codings.hpp"
#include "proxy/source/made_contents.hpp"

#include <span>
#include <string>

namespace treecast::proxy {

/// Whether every worker was ready once. A worker stays ready: it continues to serve what it is
/// attached to, and marks answers as stale if necessary.
bool are_ready(std::span<const Counters> counters) noexcept;

std::string readiness_json(bool ready, Attachment& attachment);
/// `counters` are those of all workers.
std::string status_json(
    const InstanceName& instance,
    Attachment& attachment,
    std::span<const Counters> counters,
    const MadeContents& made,
    const Codings& codings
);

}  // namespace treecast::proxy
