// The causes that keep a path from being published, with one back-off for each. Pure; time is
// passed in.
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
    BackOff look{std::chrono::seconds(1), std::chrono::seconds(30)};  // its stat cannot be read
    BackOff read{std::chrono::seconds(1), std::chrono::seconds(30)};  // cannot be opened or read
    /// Its directory or filesystem is lost: the absence of the name proves nothing.
    BackOff lost{std::chrono::seconds(1), std::chrono::seconds(30)};
    BackOff room{std::chrono::seconds(1), std::chrono::seconds(30)};  // no shared memory for it
    BackOff changing{std::chrono::milliseconds(10), std::chrono::seconds(1)};  // during the copy
    /// Each read gives other bytes, and stat does not show a change. The pauses become long after
    /// `unsteady_tries` failures.
    BackOff unsteady{std::chrono::milliseconds(10), std::chrono::seconds(30)};
    static constexpr unsigned unsteady_tries = 5;
    /// A writer is inside whose close no event will report.
    BackOff unreported_close{std::chrono::milliseconds(1), std::chrono::milliseconds(500)};
    bool evicted_others = false;  // after shared memory was full
    ErrorCode error;              // of the last failure of `look` or `read`

    void on_look(Seen seen) noexcept;
    /// Clears the causes that the capture has shown to be over.
    void on_capture(CaptureEnd end, Clock::time_point now) noexcept;
    /// A writer has closed the file: back-offs from earlier writes start again.
    void on_close() noexcept;
    /// The path names another file now, to which the old file's failures do not apply.
    void on_arrival() noexcept;

    /// How long captures have failed because the file changed or was too new, since the first of
    /// them. A close does not reset it.
    Clock::duration uncaptured_for(Clock::time_point now) const;

    /// The file was written to within the clock's tick. Returns the pause.
    Clock::duration too_soon(Clock::time_point now);
    /// There was no room. Returns whether that has lasted too long to wait for evictions.
    bool lacks_room_for_long(Clock::time_point now);

private:
    std::optional<Clock::time_point> too_soon_since_;
    std::optional<Clock::time_point> no_room_since_;
    std::optional<Clock::time_point> uncaptured_since_;
};

/// The reason that readers see for a failure to look, open or read.
ipc::UnavailableReason stale_reason_of(const ErrorCode& error);

}  // namespace treecast::daemon
