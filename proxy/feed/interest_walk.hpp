// Visits the catalog's entries that an interest matches. Any thread.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/feed/interest.hpp"

#include <cstdint>
#include <functional>

namespace treecast::proxy {

/// Returns false to stop.
using VisitEntry = std::function<bool(ipc::FileId file, const ipc::Record& record)>;

/// Every announced entry, deleted ones too, in no order and some perhaps twice. It costs what lies
/// below the interest's prefixes.
void walk_interest(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const VisitEntry& visit
);

/// Those in slots after `after_slot`, in the order of slots. It costs what lies in the slots that
/// it passes.
void walk_interest_by_slot(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    std::uint32_t after_slot,
    const VisitEntry& visit
);

}  // namespace treecast::proxy
