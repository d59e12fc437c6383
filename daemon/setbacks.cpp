#include "daemon/setbacks.hpp"

#include <algorithm>
#include <cerrno>

namespace treecast::daemon {

namespace {

using std::chrono::milliseconds;

// A file may be written to so often that the clock never passes its ctime. The pauses between its
// looks grow with the time that this lasts.
constexpr int too_soon_share = 16;
constexpr milliseconds too_soon_pause_max{1000};
constexpr milliseconds room_patience{3000};

}  // namespace

void Setbacks::on_look(Seen seen) noexcept {
    if (seen == Seen::trouble)
        return;
    look.clear();
    if (seen != Seen::absent)
        lost.clear();
}

void Setbacks::on_capture(CaptureEnd end, Clock::time_point now) noexcept {
    const auto note_uncaptured = [&] {
        if (!uncaptured_since_)
            uncaptured_since_ = now;
    };
    const auto end_what_stood_before_the_bytes = [&] {
        read.clear();
        room.clear();
        no_room_since_.reset();
        too_soon_since_.reset();
    };
    switch (end) {
        case CaptureEnd::would_block:  // proves nothing: the pool tries again
            return;
        case CaptureEnd::too_soon:  // it was not read
            note_uncaptured();
            return;
        case CaptureEnd::no_memory:
        case CaptureEnd::failed:
            too_soon_since_.reset();
            return;
        case CaptureEnd::changed:
            note_uncaptured();
            end_what_stood_before_the_bytes();
            return;
        case CaptureEnd::unsteady:
            changing.clear();
            end_what_stood_before_the_bytes();
            return;
        case CaptureEnd::captured:
        case CaptureEnd::writer_inside:
        case CaptureEnd::too_large:
            changing.clear();
            unsteady.clear();
            uncaptured_since_.reset();
            end_what_stood_before_the_bytes();
            return;
    }
}

void Setbacks::on_close() noexcept {
    changing.clear();
    unreported_close.clear();
    unsteady.clear();
    too_soon_since_.reset();
}

void Setbacks::on_arrival() noexcept {
    read.clear();
    on_close();
}

Clock::duration Setbacks::uncaptured_for(Clock::time_point now) const {
    return uncaptured_since_ ? now - *uncaptured_since_ : Clock::duration();
}

Clock::duration Setbacks::too_soon(Clock::time_point now) {
    if (!too_soon_since_)
        too_soon_since_ = now;
    return std::clamp<Clock::duration>(
        (now - *too_soon_since_) / too_soon_share,
        clock_tick,
        too_soon_pause_max
    );
}

bool Setbacks::lacks_room_for_long(Clock::time_point now) {
    if (!no_room_since_)
        no_room_since_ = now;
    return now - *no_room_since_ >= room_patience;
}

ipc::UnavailableReason stale_reason_of(const ErrorCode& error) {
    using ipc::UnavailableReason;
    if (error == Errc::no_memory)
        return UnavailableReason::no_memory;
    if (error.category() != boost::system::system_category())
        return UnavailableReason::unreadable;
    switch (error.value()) {
        case ENOMEM:
        case ENOSPC:
            return UnavailableReason::no_memory;
        case EMFILE:
        case ENFILE:
            return UnavailableReason::no_descriptors;
        default:
            return UnavailableReason::unreadable;
    }
}

}  // namespace treecast::daemon
