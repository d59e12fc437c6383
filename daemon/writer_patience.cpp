#include "daemon/writer_patience.hpp"

#include <algorithm>

namespace treecast::daemon {

namespace {

using std::chrono::milliseconds;

// A file that grows without a pause is probably written for the first time: open limits until it is
// published half-written, since it may also be a log that was cut off.
constexpr int growth_patience = 6;
constexpr milliseconds append_patience{500};
// A truncation shows before its event is queued and, on ext4, before it is stamped: by many
// milliseconds where a journal is waited for.
constexpr milliseconds emptied_patience{1000};

}  // namespace

bool suspects_writer(const watcher::Signs& signs) {
    if (signs.modified)
        return !signs.closed;
    return signs.created && !signs.closed && !signs.arrived;
}

bool may_have_writer(const watcher::Signs& signs, bool is_open) {
    if (suspects_writer(signs))
        return true;
    return is_open && (signs.modified || (signs.created && !signs.arrived));
}

bool came_whole(const Work& work) {
    return work.signs.arrived && !work.signs.modified;
}

Clock::duration quiet_left(
    const Work& work,
    const watcher::FileStat& stat,
    Clock::duration open_limit,
    Clock::time_point now
) {
    const auto since_change = std::chrono::system_clock::now().time_since_epoch() -
                              std::chrono::nanoseconds(stat.ctime_ns);
    const auto since_event = work.writer_since ? now - work.modified_last : open_limit;
    return open_limit - std::min<Clock::duration>(since_change, since_event);
}

bool is_stuck(const Work& work, Clock::duration open_limit, Clock::time_point now) {
    return work.writer_since &&
           (now - std::max(*work.writer_since, work.grown_last) >= open_limit ||
            now - *work.writer_since >= growth_patience * open_limit);
}

bool writes_without_pause(const Work& work, Clock::time_point now) {
    return work.writer_since && now - *work.writer_since >= append_patience;
}

Clock::duration emptied_left(Work& work, std::uint64_t size, Clock::time_point now) {
    if (size != 0 || work.signs.arrived) {
        work.empty_since.reset();
        return {};
    }
    if (!work.empty_since)
        work.empty_since = now;
    return emptied_patience - (now - *work.empty_since);
}

}  // namespace treecast::daemon
