// What follows from one look at a path: the decision, and nothing else. Pure.
//
// In go what was seen, what is published (the record) and what is known of the path's history
// (Work: signs, writer, absence, back-offs), which is kept up to date here. Out comes a verdict.
// The rules are those of docs/decisions.md, "Watching" and "Capture".
#pragma once

#include "daemon/moment.hpp"
#include "daemon/serve_policy.hpp"
#include "daemon/verdict.hpp"
#include "daemon/work.hpp"

#include <optional>

namespace treecast::daemon {

/// What a look has shown, as far as it counts.
enum class Sight : std::uint8_t {
    root_lost,  // there was no look: what can still be opened is not at the root's path
    lost,       // only what a mount had covered that is gone
    hidden,     // it has come to be ignored
    trouble,    // says nothing about the file
    absent,     // there is nothing, or its directory spells it otherwise
    no_file,    // a directory, FIFO, socket or device
    file,
};

struct LookFacts {
    Sight sight = Sight::trouble;
    watcher::FileStat stat{};     // of a file
    ErrorCode error{};            // of trouble
    bool absence_counts = false;  // of what is absent: its directory and filesystem are there
    bool is_open = false;         // somebody has it open, where opens are counted
    /// The kernel's answer, once it was asked: nobody has the file open for writing.
    std::optional<bool> has_no_writer{};
    ipc::Record record{};
};

Verdict
decide_look(Work& work, const LookFacts& facts, const ServePolicy& policy, const Moment& now);

/// How a file is to be read now. Its `segments` are for the executor to name.
CaptureRequest capture_request(
    const Work& work,
    const LookFacts& facts,
    const ServePolicy& policy,
    const Moment& now
);

/// Why a file of this stat is not served, whatever it holds; none if it is.
ipc::UnavailableReason refusal_by_stat(const ServePolicy& policy, const watcher::FileStat& stat);

}  // namespace treecast::daemon
