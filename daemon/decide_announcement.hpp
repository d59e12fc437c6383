// Decides who needs to know of a file's new record. The same bytes wake nobody: a poll that waits
// for a content is answered only if the bytes may be others. Pure.
#pragma once

#include "daemon/observation.hpp"
#include "ipc/catalog_record.hpp"

namespace treecast::daemon {

enum class Announcement {
    nothing,      // the record has all of this already
    record_only,  // stored only: mtime of the same bytes, a new hash, another stale reason
    change,       // announced: mode, availability and its reason, staleness
    content,      // announced, and subscribers of the content are notified
};

/// `after` is the record that the observation makes of `before`.
Announcement
decide_announcement(const ipc::Record& before, const ipc::Record& after, const Observation& now);

/// Whether the observation is of the bytes that the record describes: the same hash, or without a
/// hash the same stat. A file whose bytes cannot be seen keeps those that it had.
bool has_same_bytes(const ipc::Record& before, const Observation& now);

}  // namespace treecast::daemon
