// Visits the catalog's entries that an interest matches. Any thread.
#pragma once

#include "ipc/catalog_reader.hpp"
#include "proxy/feed/interest.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

namespace treecast::proxy {

/// Returns false to stop.
using VisitEntry = std::function<bool(ipc::FileId file, const ipc::Record& record)>;

inline constexpr std::size_t any_number_of_entries = std::numeric_limits<std::size_t>::max();

/// Every announced entry, deleted ones too, in no order and some perhaps twice. It costs what lies
/// below the interest's prefixes. Returns false if it stopped because it had looked at about
/// `entries_max`, whether they match or not; each counts for several if there are many globs.
bool walk_interest(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    const VisitEntry& visit,
    std::size_t entries_max = any_number_of_entries
);

/// Those in slots after `after_slot`, in the order of slots. It costs what lies in the slots that
/// it passes. Returns the slot at which it stopped because of `entries_max`.
std::optional<std::uint32_t> walk_interest_by_slot(
    const ipc::CatalogReader& catalog,
    const Interest& interest,
    std::uint32_t after_slot,
    const VisitEntry& visit,
    std::size_t entries_max = any_number_of_entries
);

}  // namespace treecast::proxy
