// The decisions about a path, as values: decide_look and decide_capture return them, and
// VerdictExecutor carries them out. Pure.
#pragma once

#include "daemon/back_off.hpp"
#include "daemon/capture.hpp"
#include "daemon/observation.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace treecast::daemon {

/// Nothing is published, and the work ends. For a path that is lost, since all is read again when
/// the loss ends, and for a failure of a path that is neither published nor requested.
struct Drop {
    friend bool operator==(const Drop&, const Drop&) = default;
};

/// What is published is correct.
struct Unchanged {
    bool is_gone = false;  // the path names no file
    friend bool operator==(const Unchanged&, const Unchanged&) = default;
};

struct Publish {
    Observation observation;
    friend bool operator==(const Publish&, const Publish&) = default;
};

/// The copy that was made is published.
struct PublishCopy {
    bool is_past_open_limit = false;  // a writer still has the file open
    friend bool operator==(const PublishCopy&, const PublishCopy&) = default;
};

/// The file must be copied, or only hashed.
struct Load {
    CaptureRequest request;  // without `segments`
    bool keeps_content = false;
    friend bool operator==(const Load&, const Load&) = default;
};

/// A lease must show whether a writer has the file open. Then the look is decided again.
struct CheckForWriter {
    friend bool operator==(const CheckForWriter&, const CheckForWriter&) = default;
};

/// The copy waits until the events that were queued before its end are read.
struct AwaitEvents {
    friend bool operator==(const AwaitEvents&, const AwaitEvents&) = default;
};

enum class WaitReason : std::uint8_t {
    grace,        // absent or private, perhaps only for a moment
    writer,       // a writer has it open
    noted_since,  // a sign during the load requires another look
    unseen,       // its stat cannot be read
    unreadable,   // its bytes cannot be read
    lost,         // its directory or filesystem is lost
    no_room,      // no room in shared memory
    changing,     // it changed while it was copied
    too_soon,     // it was written to within the clock's tick
    unsteady,     // each read gives other bytes
    emptied,      // it is empty, and no lease excludes a writer
};

/// The path must be looked at again.
struct Wait {
    Clock::time_point until;
    WaitReason reason = WaitReason::grace;
    std::optional<Observation> meanwhile{};  // publish this now
    bool is_awaited = true;                  // its group waits for it
    bool must_log = false;

    friend bool operator==(const Wait&, const Wait&) = default;
};

using Verdict =
    std::variant<Drop, Unchanged, Publish, PublishCopy, Load, CheckForWriter, AwaitEvents, Wait>;

}  // namespace treecast::daemon
