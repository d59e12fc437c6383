// Decides what follows from one look at a path. Pure.
//
// Input: what the look found, what is published (the record), and the path's history (Work: signs,
// writer, absence, back-offs), which is updated here. Output: a verdict. docs/decisions.md gives
// the rules, under "Watching" and "Capture".
#pragma once

#include "daemon/moment.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

#include <optional>

namespace treecast::daemon {

/// What a look has found.
enum class Sight : std::uint8_t {
    root_lost,  // no look was made: the open root is no longer at its path
    lost,       // a mount is gone, and the path names only what it had covered
    hidden,     // it is hidden or ignored, or behind a refused link
    trouble,    // says nothing about the file
    absent,     // nothing is there, or the directory spells the name differently
    no_file,    // a directory, FIFO, socket or device
    file,
};

struct LookFacts {
    Sight sight = Sight::trouble;
    watcher::FileStat stat{};  // of a file
    ErrorCode error{};         // of trouble
    bool absence_counts =
        false;  // of what is absent and published: its directory and filesystem are there
    bool is_open = false;  // somebody has it open, where opens are counted
    /// Whether the kernel vouches that nobody has the file open for writing; none: not checked.
    std::optional<bool> has_no_writer{};
    ipc::Record record{};
};

Verdict
decide_look(Work& work, const LookFacts& facts, const ServePolicy& policy, const Moment& now);

/// How to read the file now. The executor sets `segments`.
CaptureRequest capture_request(
    const Work& work,
    const LookFacts& facts,
    const ServePolicy& policy,
    const Moment& now
);

/// Why a file with this stat is not served; none if it is.
ipc::UnavailableReason refusal_by_stat(const ServePolicy& policy, const watcher::FileStat& stat);

}  // namespace treecast::daemon
