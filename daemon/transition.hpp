// What an observation of a file makes of its record. Pure.
#pragma once

#include "ipc/catalog_record.hpp"
#include "watcher/file_stat.hpp"

#include <optional>

namespace treecast::daemon {

/// What is known of a file now. Exactly one of: deleted; unavailable (reason); stale (reason);
/// present.
struct Observation {
    bool deleted = false;
    ipc::UnavailableReason unavailable = ipc::UnavailableReason::none;
    /// What is there now cannot be taken: a present file keeps its content, and says why.
    ipc::UnavailableReason stale = ipc::UnavailableReason::none;
    watcher::FileStat stat{};
    std::optional<Sha256> sha256{};       // of a present file that was read
    std::optional<std::uint64_t> size{};  // of its content, where that was read

    friend bool operator==(const Observation&, const Observation&) = default;
};

enum class Announce {
    nothing,      // the record says all of this already
    record_only,  // to be stored, not announced: mtime alone, a hash learnt, another reason
    change,       // announced: mode, availability, staleness
    content,      // announced, and subscribers of the content wake up
};

struct Transition {
    ipc::Record record;  // revisions still those of before; residency not touched
    Announce announce = Announce::nothing;
};

Transition transition(const ipc::Record& before, const Observation& now);

/// Whether the record was made from this very state of the file.
bool same_stat(const ipc::Record& record, const watcher::FileStat& stat);

/// Whether the catalog says of the file what this stat says, with its mode.
bool agrees_with(const ipc::Record& record, const watcher::FileStat& stat);

/// Whether readers were ever told of the file, and not of its deletion since.
bool is_known(const ipc::Record& record);

}  // namespace treecast::daemon
