// What keeps a path from being published, one back-off for each cause. Pure; time is passed in.
#pragma once

#include "daemon/back_off.hpp"
#include "daemon/capture.hpp"
#include "ipc/catalog_record.hpp"

#include <chrono>
#include <optional>

namespace treecast::daemon {

/// The least pause before another look: the coarse clock moves every 1 to 10 ms.
inline constexpr std::chrono::milliseconds clock_tick{1};

class Setbacks {
public:
    BackOff look{std::chrono::seconds(1), std::chrono::seconds(30)};  // its stat is not to be had
    BackOff read{std::chrono::seconds(1), std::chrono::seconds(30)};  // cannot be opened or read
    /// Its directory or its filesystem is: that the name is not there proves nothing.
    BackOff lost{std::chrono::seconds(1), std::chrono::seconds(30)};
    BackOff room{std::chrono::seconds(1), std::chrono::seconds(30)};  // no shared memory for it
    BackOff changing{std::chrono::milliseconds(10), std::chrono::seconds(1)};  // while it is copied
    /// Each reading gives something else, though nobody changes it; for long once it has failed
    /// `unsteady_tries` times.
    BackOff unsteady{std::chrono::milliseconds(10), std::chrono::seconds(30)};
    static constexpr unsigned unsteady_tries = 5;
    /// A writer is in it of whose end no event will tell.
    BackOff untold_end{std::chrono::milliseconds(1), std::chrono::milliseconds(500)};
    bool evicted_others = false;  // since the shared memory was full
    ErrorCode error;              // of the last failure of `look` or `read`

    void on_look(Seen seen) noexcept;
    /// What a capture has shown to be over begins anew.
    void on_capture(CaptureEnd end, Clock::time_point now) noexcept;
    /// A writer is done with it: what came of others does not lengthen the pauses any more.
    void on_close() noexcept;
    /// The path names another file now: what held up the one before says nothing of it.
    void on_arrival() noexcept;

    /// For how long every capture has failed since it was written to, whoever was done with it
    /// meanwhile.
    Clock::duration uncaptured_for(Clock::time_point now) const;

    /// It was written to within the clock's tick: how long to pause.
    Clock::duration too_soon(Clock::time_point now);
    /// There was no room: whether that has lasted for too long to wait until others go.
    bool lacks_room_for_long(Clock::time_point now);

private:
    std::optional<Clock::time_point> too_soon_since_;
    std::optional<Clock::time_point> no_room_since_;
    std::optional<Clock::time_point> uncaptured_since_;
};

/// What readers are told of a failure to look, open or read.
ipc::UnavailableReason stale_reason_of(const ErrorCode& error);

}  // namespace treecast::daemon
