#include "daemon/work.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

/// How long captures may fail before no sync waits for the file.
constexpr std::chrono::seconds unstable_after{3};

/// Whether a writer may still be inside: the file is looked at when the writer pauses.
bool may_go_on(const watcher::Signs& signs) {
    return signs.modified && !signs.closed && !signs.arrived && !signs.gone;
}

}  // namespace

Clock::time_point Work::on_signs(const watcher::Signs& signs, bool is_open, Clock::time_point now) {
    if (signs.arrived) {
        pause.on_arrival();
        load.copy_first = false;
        setbacks.on_arrival();
    }
    if (signs.arrived || signs.closed)
        begin_anew();
    Clock::time_point looked_at = now;
    if (may_go_on(signs))
        looked_at = writer.on_write(signs.reopened, now);
    else if (signs.closed || signs.arrived)
        writer.on_close(is_open);
    return std::max(looked_at, pause.until());
}

bool Work::on_last_close() {
    if (load.is_busy() || !writer.is_waited_for() || !notes.signs().closed)
        return false;
    writer.on_last_close();
    begin_anew();
    return true;
}

void Work::begin_anew() {
    setbacks.on_close();
    pause.on_close();
}

HoldUp hold_up(const Work& work, Clock::time_point now) {
    if (work.load.is_hung())
        return HoldUp::hung;
    if (work.is_retried)
        return HoldUp::none;
    if (work.writer.is_waited_for())
        return HoldUp::writer_inside;
    const Setbacks& setbacks = work.setbacks;
    if (setbacks.lost.failing())
        return HoldUp::lost;
    if (setbacks.look.failing() || setbacks.read.failing())
        return HoldUp::unreadable;
    if (setbacks.room.failing())
        return HoldUp::no_memory;
    const bool changes_on = !work.load.is_busy() && setbacks.uncaptured_for(now) >= unstable_after;
    if (changes_on || setbacks.unsteady.has_failed(Setbacks::unsteady_tries))
        return HoldUp::unstable;
    return HoldUp::none;
}

}  // namespace treecast::daemon
