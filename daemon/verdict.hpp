// What is to be done about a path. Values: decide_look and decide_capture return them, and
// VerdictExecutor carries them out. Pure.
#pragma once

#include "daemon/back_off.hpp"
#include "daemon/capture.hpp"
#include "daemon/transition.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace treecast::daemon {

/// Nothing is published, and nothing is awaited: everything is read again when a loss ends.
struct Drop {
    friend bool operator==(const Drop&, const Drop&) = default;
};

/// What is published is true.
struct Unchanged {
    bool is_gone = false;  // no name of any file
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

/// The file is copied, or only hashed.
struct Load {
    CaptureRequest request;  // but for its `segments`
    bool keeps_content = false;
    friend bool operator==(const Load&, const Load&) = default;
};

/// The kernel is asked whether a writer has the file open; then the look is decided.
struct AskForWriter {
    friend bool operator==(const AskForWriter&, const AskForWriter&) = default;
};

/// The copy waits for the events that were queued until it was made.
struct AwaitEvents {
    friend bool operator==(const AwaitEvents&, const AwaitEvents&) = default;
};

enum class WaitReason : std::uint8_t {
    grace,        // absent, or private, perhaps for a moment only
    writer,       // one has it open
    noted_since,  // what came during the load asks for another look
    unseen,       // its stat is not to be had
    unreadable,   // its bytes are not to be had
    lost,         // its directory, or its filesystem, is lost
    no_room,      // in shared memory
    changing,     // it changed while it was copied
    too_soon,     // it was written to within the clock's tick
    unsteady,     // each reading gives something else
    emptied,      // it is empty, and no lease says that nobody is at it
};

/// It is looked at again.
struct Wait {
    Clock::time_point until;
    WaitReason reason = WaitReason::grace;
    std::optional<Observation> meanwhile{};  // to be published
    bool is_awaited = true;                  // by what is published together with it, too
    bool is_news = false;                    // for the log

    friend bool operator==(const Wait&, const Wait&) = default;
};

using Verdict =
    std::variant<Drop, Unchanged, Publish, PublishCopy, Load, AskForWriter, AwaitEvents, Wait>;

}  // namespace treecast::daemon
