#include "proxy/source/look_schedule.hpp"

#include <algorithm>

namespace treecast::proxy {

namespace {

using namespace std::chrono_literals;

constexpr Clock::duration look_for_daemon_first = 5ms;  // while there is none: it is starting, or
constexpr Clock::duration look_for_daemon_max = 100ms;  // will be started some time
constexpr Clock::duration look_for_ready = 20ms;        // while its first scan runs
constexpr Clock::duration look_for_queues = 1s;         // of a daemon that cannot be reached
constexpr Clock::duration look_for_changes = 20ms;      // with subscribers and without queues

}  // namespace

Clock::duration LookSchedule::next(const LookState& state) {
    if (!state.has_catalog) {
        look_for_daemon_ =
            std::clamp(2 * look_for_daemon_, look_for_daemon_first, look_for_daemon_max);
        return look_for_daemon_;
    }
    if (!state.was_ready)
        return state.is_hindered ? look_for_queues : look_for_ready;
    if (!state.has_queues && state.has_waiters)
        return look_for_changes;
    // Together with the daemon's wake-ups for heartbeats and reports of files in use, a process
    // with one worker stays below two wake-ups a second.
    return std::max<Clock::duration>(1250ms, workers_ * 625ms);
}

}  // namespace treecast::proxy
