// Computes a file's new record from an observation. Pure.
#pragma once

#include "ipc/catalog_record.hpp"
#include "watcher/file_stat.hpp"

#include <optional>

namespace treecast::daemon {

/// The present state of a file. Exactly one of: deleted; unavailable (reason); stale (reason);
/// present.
struct Observation {
    bool deleted = false;
    ipc::UnavailableReason unavailable = ipc::UnavailableReason::none;
    /// The present bytes cannot be captured: a present file keeps its content and gets this reason.
    ipc::UnavailableReason stale = ipc::UnavailableReason::none;
    watcher::FileStat stat{};
    std::optional<Sha256> sha256{};       // of a present file that was read
    std::optional<std::uint64_t> size{};  // of its content, if it was read

    friend bool operator==(const Observation&, const Observation&) = default;
};

enum class Announce {
    nothing,      // the record says all of this already
    record_only,  // stored only: mtime of the same bytes, a new hash, another stale reason
    change,       // announced: mode, availability and its reason, staleness
    content,      // announced, and subscribers of the content are notified
};

struct Transition {
    ipc::Record record;  // revisions as before; residency as before
    Announce announce = Announce::nothing;
};

Transition transition(const ipc::Record& before, const Observation& now);

/// Whether the record has this stat, the mode aside.
bool same_stat(const ipc::Record& record, const watcher::FileStat& stat);

/// Whether the record is known and has this stat, with its mode.
bool agrees_with(const ipc::Record& record, const watcher::FileStat& stat);

/// Whether the file is published, and not as deleted.
bool is_known(const ipc::Record& record);

}  // namespace treecast::daemon
